// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.verifier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.pki.AnchoredRoot;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import io.fedtrust.attestation.providers.pki.DerCertificate;
import io.fedtrust.attestation.providers.pki.IssuanceChecks;
import io.fedtrust.attestation.providers.pki.RevocationList;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.providers.snp.format.EndorsementCertificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Parsed certificates, proven chains and verified lists, by the digests of all bytes they come
 * from. Holds no verdicts and nothing that depends on the time.
 */
final class EndorsementCache {
  private static final int MAX_LEAVES = 20_000;
  private static final int MAX_LISTS = 64;

  private final List<TrustAnchor> anchors;
  private final IssuanceChecks issuance;
  private final Cache<String, Leaf> leaves = Caffeine.newBuilder().maximumSize(MAX_LEAVES).build();
  private final Cache<String, EndorsementChain> chains =
      Caffeine.newBuilder().maximumSize(MAX_LEAVES).build();
  private final Cache<String, DerCertificate> authorities =
      Caffeine.newBuilder().maximumSize(MAX_LISTS).build();
  private final Cache<String, RevocationList> lists =
      Caffeine.newBuilder().maximumSize(MAX_LISTS).build();

  EndorsementCache(List<TrustAnchor> anchors, IssuanceChecks issuance) {
    this.anchors = anchors;
    this.issuance = issuance;
  }

  /** A parsed endorsement certificate and its bytes. */
  record Leaf(String sha256, DerCertificate document, EndorsementCertificate certificate) {}

  Leaf leaf(byte[] der) throws MalformedEvidenceException {
    String sha256 = Digests.sha256(der);
    Leaf known = leaves.getIfPresent(sha256);
    if (known == null) {
      DerCertificate parsed = DerCertificate.parse(der);
      known = new Leaf(sha256, parsed, EndorsementCertificate.of(parsed.certificate()));
      leaves.put(sha256, known);
    }
    return known;
  }

  /** Tells whether bytes are a certificate that signs others rather than reports. */
  boolean isAuthority(byte[] der) {
    if (leaves.getIfPresent(Digests.sha256(der)) != null) {
      return false;
    }
    try {
      return authority(der).certificate().getBasicConstraints() >= 0;
    } catch (MalformedEvidenceException e) {
      return false;
    }
  }

  /** Few certificates stand above all chips, so each is parsed once. */
  private DerCertificate authority(byte[] der) throws MalformedEvidenceException {
    String sha256 = Digests.sha256(der);
    DerCertificate known = authorities.getIfPresent(sha256);
    if (known == null) {
      known = DerCertificate.parse(der);
      if (known.certificate().getBasicConstraints() >= 0) {
        authorities.put(sha256, known);
      }
    }
    return known;
  }

  EndorsementChain chain(Leaf leaf, List<CollateralItem> files, List<byte[]> attachments) {
    StringBuilder key = new StringBuilder(leaf.sha256());
    files.forEach(file -> key.append(file.sha256()));
    attachments.forEach(hint -> key.append(Digests.sha256(hint)));
    return chains.get(key.toString(), ignored -> build(leaf, files, attachments));
  }

  /** Certificates that cannot be read are listed and count as absent, from any source. */
  private EndorsementChain build(Leaf leaf, List<CollateralItem> files, List<byte[]> attachments) {
    List<Check> unreadable = new ArrayList<>();
    List<DerCertificate> above = new ArrayList<>();
    for (CollateralItem file : files) {
      try {
        for (byte[] der : CertificatePem.read(file.bytes())) {
          above.add(authority(der));
        }
      } catch (MalformedEvidenceException e) {
        unreadable.addAll(new CheckRecorder().leftAside("snp.chain-file", "the chain", e).checks());
      }
    }
    attachments.stream().flatMap(this::readable).forEach(above::add);
    return new ChainChecks(anchors, issuance, leaf, above, unreadable).run();
  }

  private Stream<DerCertificate> readable(byte[] der) {
    try {
      return Stream.of(authority(der));
    } catch (MalformedEvidenceException e) {
      return Stream.empty();
    }
  }

  RevocationList revocation(CollateralItem item, AnchoredRoot root)
      throws MalformedEvidenceException {
    String key = item.subject() + item.sha256() + root.sha256();
    RevocationList known = lists.getIfPresent(key);
    if (known == null) {
      known =
          RevocationList.verified(
              item, AmdAnchors.FAMILY + "/crl/" + item.subject(), root.certificate(), issuance);
      lists.put(key, known);
    }
    return known;
  }
}
