// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static io.fedtrust.attestation.engine.Site.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.protocol.CCInfo;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Entries that do not fit into the message with the set are fetched, within bounds. */
class ServedEntriesTest {
  private static final Bytes SET = Bytes.of(new byte[32]);
  private static final long MESSAGE = 8L * 1024 * 1024;

  private static List<CCToken> entry(int characters) {
    return List.of(
        new CCToken(
            "t".repeat(characters),
            "x-snp",
            Optional.of("snp-report"),
            Optional.empty(),
            Optional.empty()));
  }

  /** Four sites of three million characters each; the server's name is the last of them. */
  private static ServedEntries large() {
    Map<String, List<CCToken>> entries = new TreeMap<>();
    List.of("a", "b", "c", "server1").forEach(name -> entries.put(name, entry(3_000_000)));
    return new ServedEntries(SET, Set.of("a", "b"), new TreeMap<>(entries));
  }

  private static Map<String, Object> body(Object set, Object names) {
    return Map.of("job", "job-1", "set", set, "names", names);
  }

  private static Map<String, Object> request(String... names) {
    return body(Base64.getEncoder().encodeToString(SET.bytes()), List.of(names));
  }

  private static Map<?, ?> fetched(Map<String, Object> reply) {
    assertThat(CCInfo.jsonBytes(reply)).isLessThan(MESSAGE);
    return (Map<?, ?>) reply.get("_peer_ctx_cc_token");
  }

  @Test
  @DisplayName("the server's entries go with the set, and others as far as the message holds them")
  void first() {
    assertThat(large().first("server1", 0)).containsOnlyKeys("server1", "a");
    assertThat(large().first("server1", 4_000_000)).containsOnlyKeys("server1");
    assertThat(large().first("server1", MESSAGE)).isEmpty();
  }

  @Test
  @DisplayName("every entry can be fetched in messages of at most 8 MiB")
  void all() throws MalformedEvidenceException {
    ServedEntries served = large();
    Set<Object> missing = new HashSet<>(Set.of("a", "b", "c", "server1"));
    int messages = 0;
    while (!missing.isEmpty()) {
      Map<?, ?> some = fetched(served.fetch("a", request(missing.toArray(String[]::new))));
      assertThat(some).isNotEmpty();
      missing.removeAll(some.keySet());
      messages++;
    }
    assertThat(messages).isEqualTo(2);
  }

  @Test
  @DisplayName("a client fetches each site's entries three times, and another client as often")
  void threeTimes() throws MalformedEvidenceException {
    ServedEntries served = large();
    for (int i = 0; i < 3; i++) {
      assertThat(fetched(served.fetch("a", request("c"))).keySet()).isEqualTo(Set.of("c"));
    }
    refused(ReasonCode.REQUESTED_TOO_OFTEN, () -> served.fetch("a", request("c")));
    assertThat(fetched(served.fetch("a", request("b", "c"))).keySet())
        .as("what is left to it")
        .isEqualTo(Set.of("b"));
    assertThat(fetched(served.fetch("b", request("c"))).keySet()).isEqualTo(Set.of("c"));
  }

  @Test
  @DisplayName("nothing is served to others, of another set, by other names, or after its end")
  void refusals() {
    ServedEntries served = large();
    refused(ReasonCode.GROUP_REFUSED, () -> served.fetch("c", request("a")));
    refused(ReasonCode.GROUP_REFUSED, () -> served.fetch("a", body("AAAA", List.of("a"))));
    refused(ReasonCode.REQUEST_MALFORMED, () -> served.fetch("a", request("stranger")));
    refused(
        ReasonCode.REQUEST_MALFORMED,
        () -> served.fetch("a", body(Base64.getEncoder().encodeToString(SET.bytes()), "a")));
    refused(
        ReasonCode.REQUEST_MALFORMED, () -> served.fetch("a", request("a", "a", "a", "a", "a")));
    served.drop();
    refused(ReasonCode.REQUEST_MALFORMED, () -> served.fetch("a", request("a")));
  }
}
