// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What NVFlare puts into its context, in both of its shapes. */
class CCInfoTest {
  private static final CCToken TOKEN =
      new CCToken("token", "x-snp", Optional.empty(), Optional.empty(), Optional.empty());

  private static void refused(ReasonCode code, Object value) {
    assertThatThrownBy(() -> CCInfo.read(value, "hospital-a", "client"))
        .isInstanceOfSatisfying(
            MalformedEvidenceException.class,
            e -> assertThat(e.check().code()).as(e.getMessage()).contains(code));
  }

  @Test
  @DisplayName("a map from the name, a bare list, tokens as text or as bytes")
  void bothShapes() throws Exception {
    Map<String, Object> today = CCInfo.toMap("hospital-a", List.of(TOKEN));
    assertThat(CCInfo.read(today, "hospital-a", "client")).containsExactly(TOKEN);
    assertThat(CCInfo.read(today.get("hospital-a"), "hospital-a", "client")).containsExactly(TOKEN);
    assertThat(
            CCInfo.read(
                List.of(
                    Map.of(
                        "_cc_token",
                        "token".getBytes(StandardCharsets.UTF_8),
                        "_cc_namespace",
                        "x-snp",
                        "_cc_token_validated",
                        true)),
                "hospital-a",
                "client"))
        .containsExactly(TOKEN);
    assertThat(CCInfo.read(List.of(), "hospital-a", "client")).isEmpty();
    Map<String, Object> server = CCInfo.toMap("server", List.of(TOKEN));
    assertThat(CCInfo.read(server, "server1.example.org", "server")).containsExactly(TOKEN);
    assertThat(CCInfo.read(server, "server", "server"))
        .as("a server may be named as all are called")
        .containsExactly(TOKEN);
  }

  @Test
  @DisplayName("another name, two names, or the server's alias of a client are refused")
  void otherNames() {
    List<Map<String, Object>> entries = List.of(TOKEN.toMap());
    refused(ReasonCode.SUBJECT_MISMATCH, Map.of("hospital-b", entries));
    refused(ReasonCode.SUBJECT_MISMATCH, Map.of("server", entries));
    refused(ReasonCode.SUBJECT_MISMATCH, Map.of("hospital-a", entries, "hospital-b", entries));
    refused(ReasonCode.SUBJECT_MISMATCH, Map.of());
  }

  @Test
  @DisplayName("a malformed entry is refused, never skipped")
  void malformed() {
    refused(ReasonCode.ANSWER_MALFORMED, null);
    refused(ReasonCode.ANSWER_MALFORMED, "text");
    refused(ReasonCode.ANSWER_MALFORMED, Map.of("hospital-a", "text"));
    refused(ReasonCode.ANSWER_MALFORMED, Arrays.asList(TOKEN.toMap(), null));
    refused(ReasonCode.ANSWER_MALFORMED, List.of(TOKEN.toMap(), List.of()));
    refused(ReasonCode.ANSWER_MALFORMED, Collections.nCopies(9, TOKEN.toMap()));
    refused(ReasonCode.EVIDENCE_MALFORMED, List.of(Map.of("_cc_token", 5, "_cc_namespace", "")));
    refused(ReasonCode.EVIDENCE_MALFORMED, List.of(Map.of("_cc_token", "token")));
  }

  @Test
  @DisplayName("all entries of a site have at most 6 MiB as JSON")
  void sixMebibytes() throws Exception {
    CCToken half = large("x-snp", 3 * 1024 * 1024 - 200);
    assertThat(
            CCInfo.read(
                CCInfo.toMap("hospital-a", List.of(half, large("x-nv", 3 * 1024 * 1024 - 200))),
                "hospital-a",
                "client"))
        .hasSize(2);
    refused(
        ReasonCode.ANSWER_MALFORMED,
        CCInfo.toMap("hospital-a", List.of(half, large("x-nv", 3 * 1024 * 1024 + 200))));
  }

  private static CCToken large(String namespace, int characters) {
    return new CCToken(
        "t".repeat(characters), namespace, Optional.empty(), Optional.empty(), Optional.empty());
  }
}
