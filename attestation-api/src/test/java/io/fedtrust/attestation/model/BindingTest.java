// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.encoding.Utf8Order;
import io.fedtrust.attestation.protocol.BatchTree;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Transcripts, challenges and batches beyond the published vector. */
class BindingTest {
  private static final byte[] KEY = "key".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OTHER = "other".getBytes(StandardCharsets.US_ASCII);

  private static Challenge challenge(int value) {
    byte[] bytes = new byte[Challenge.BYTES];
    bytes[0] = (byte) value;
    return Challenge.of(bytes);
  }

  private static Binding.Builder complete() {
    return Binding.forEvidence(EvidenceForm.SNP_REPORT)
        .challenge(challenge(1))
        .project("p", KEY)
        .site("s", "client", KEY)
        .audience("v");
  }

  private static String hash(Binding.Builder builder) {
    return HexFormat.of().formatHex(builder.build().hash());
  }

  @Test
  @DisplayName("every part of a transcript changes its hash")
  void everyPartCounts() {
    Set<String> hashes = new HashSet<>();
    hashes.add(hash(complete()));
    hashes.add(hash(complete().sessionKey(KEY)));
    hashes.add(hash(complete().sessionKey(OTHER)));
    hashes.add(hash(complete().job("j")));
    hashes.add(hash(complete().devices(new byte[32])));
    for (EvidenceForm form : List.of(EvidenceForm.TDX_QUOTE, EvidenceForm.SNP_REPORT)) {
      hashes.add(
          hash(
              Binding.forEvidence(form)
                  .challenge(challenge(2))
                  .project("p", KEY)
                  .site("s", "client", KEY)
                  .audience("v")));
    }
    hashes.add(
        hash(
            Binding.forEvidence(EvidenceForm.SNP_REPORT)
                .challenge(challenge(1))
                .project("p", OTHER)
                .site("s", "client", KEY)
                .audience("v")));
    hashes.add(
        hash(
            Binding.forEvidence(EvidenceForm.SNP_REPORT)
                .challenge(challenge(1))
                .project("p", KEY)
                .site("s", "server", KEY)
                .audience("v")));
    hashes.add(
        hash(
            Binding.forEvidence(EvidenceForm.SNP_REPORT)
                .challenge(challenge(1))
                .project("p", KEY)
                .site("s", "client", OTHER)
                .audience("v")));
    hashes.add(
        hash(
            Binding.forEvidence(EvidenceForm.SNP_REPORT)
                .challenge(challenge(1))
                .project("p", KEY)
                .site("s", "client", KEY)
                .audience("w")));
    assertThat(hashes).hasSize(11);
  }

  @Test
  @DisplayName("a binding that lacks parts names all of them; a part set twice is refused")
  void missingAndRepeatedParts() {
    assertThatThrownBy(() -> Binding.forEvidence(EvidenceForm.SNP_REPORT).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("required: challenge, project, site, audience");
    assertThatThrownBy(() -> complete().audience("again"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("audience is already set");
    assertThatThrownBy(() -> complete().devices(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("a hash is as long as its carrier")
  void hashLength() {
    assertThat(complete().build().hash()).hasSize(64);
    for (EvidenceForm form : EvidenceForm.all()) {
      assertThat(
              Binding.forEvidence(form)
                  .challenge(challenge(1))
                  .project("p", KEY)
                  .site("s", "client", KEY)
                  .audience("v")
                  .build()
                  .hash())
          .hasSize(form.hashBytes());
    }
  }

  @Test
  @DisplayName("a challenge is 32 bytes, and fresh ones differ")
  void challenges() {
    assertThatThrownBy(() -> Challenge.of(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class);
    SecureRandom random = new SecureRandom();
    assertThat(Challenge.random(random)).isNotEqualTo(Challenge.random(random));
    assertThat(challenge(1)).isEqualTo(challenge(1)).hasSameHashCodeAs(challenge(1));
    assertThat(challenge(1).toString()).doesNotContain("0100");
  }

  @Test
  @DisplayName("a group has members with nonces of 32 bytes; their order is that of UTF-8")
  void groups() {
    assertThatThrownBy(
            () -> Challenge.ofGroup("p", "j", Optional.empty(), java.time.Instant.EPOCH, Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                Challenge.ofGroup(
                    "p", "j", Optional.empty(), java.time.Instant.EPOCH, Map.of("a", new byte[31])))
        .isInstanceOf(IllegalArgumentException.class);
    // U+FFFD sorts before U+1F600 in UTF-8, and behind it in UTF-16.
    assertThat(Utf8Order.INSTANCE.compare("\uFFFD", "\uD83D\uDE00")).isNegative();
    assertThat("\uFFFD".compareTo("\uD83D\uDE00")).isPositive();
  }

  @Test
  @DisplayName("device digests do not depend on the order of the devices")
  void deviceOrder() {
    List<CCToken> devices = new ArrayList<>();
    for (String text : List.of("a", "b", "c")) {
      devices.add(
          new CCToken(text, "x-nv-gpu", Optional.empty(), Optional.empty(), Optional.empty()));
    }
    byte[] digest = CCToken.deviceDigest(devices).orElseThrow();
    Collections.reverse(devices);
    assertThat(CCToken.deviceDigest(devices)).get().isEqualTo(digest);
  }

  private static List<BatchTree.Leaf> leaves(int size) {
    List<BatchTree.Leaf> leaves = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      leaves.add(new BatchTree.Leaf("v" + i, challenge(i % 7)));
    }
    return leaves;
  }

  @Property(tries = 200)
  void everyLeafOfEveryBatchLeadsToItsRoot(
      @ForAll @IntRange(min = 1, max = 70) int size, @ForAll @IntRange(max = 69) int any) {
    int index = any % size;
    BatchTree tree = BatchTree.of(leaves(size));
    assertThat(BatchTree.rootFrom(leaves(size).get(index), index, size, tree.path(index)))
        .isEqualTo(tree.root());
  }

  @Property(tries = 200)
  void aPathForAnotherPlaceLeadsElsewhereOrNowhere(
      @ForAll @IntRange(min = 2, max = 70) int size, @ForAll @IntRange(max = 69) int any) {
    int index = any % size;
    int other = (index + 1) % size;
    BatchTree tree = BatchTree.of(leaves(size));
    List<byte[]> path = tree.path(index);
    BatchTree.Leaf leaf = leaves(size).get(index);
    boolean accepted;
    try {
      accepted = BatchTree.rootFrom(leaf, other, size, path).equals(tree.root());
    } catch (IllegalArgumentException e) {
      accepted = false;
    }
    assertThat(accepted).isFalse();
  }

  @Test
  @DisplayName("a path too long, too short, of odd hashes, or outside the tree is refused")
  void badPaths() {
    BatchTree tree = BatchTree.of(leaves(5));
    BatchTree.Leaf leaf = leaves(5).get(2);
    List<byte[]> path = tree.path(2);
    List<byte[]> longer = new ArrayList<>(path);
    longer.add(new byte[32]);
    List<byte[]> odd = new ArrayList<>(path);
    odd.set(0, new byte[31]);
    for (List<byte[]> wrong : List.of(longer, path.subList(1, path.size()), odd)) {
      assertThatThrownBy(() -> BatchTree.rootFrom(leaf, 2, 5, wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (int index : new int[] {-1, 5}) {
      assertThatThrownBy(() -> BatchTree.rootFrom(leaf, index, 5, path))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> BatchTree.rootFrom(leaf, 0, 1025, path))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BatchTree.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BatchTree.of(leaves(1025)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tree.path(5)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  @DisplayName("a carrier holds a value with zeros behind it, and never a part of one")
  void isBoundTo() {
    Claims claims = Claims.of(EvidenceForm.SNP_REPORT, "", new byte[] {1, 2, 0, 0}).build();
    assertThat(claims.isBoundTo(new byte[] {1, 2})).isTrue();
    assertThat(claims.isBoundTo(new byte[] {1, 2, 0, 0})).isTrue();
    assertThat(claims.isBoundTo(new byte[] {1})).isFalse();
    assertThat(claims.isBoundTo(new byte[] {1, 2, 0, 0, 0})).isFalse();
    Claims nothing = Claims.of(EvidenceForm.SNP_REPORT, "", new byte[0]).build();
    assertThat(nothing.isBoundTo(new byte[32])).isFalse();
  }
}
