// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the job protocol sends has one shape, is bounded, and is read as it was written. */
class JobRecordsTest {
  private static final Bytes DIGEST = Bytes.of(new byte[32]);
  private static final KeySignatures BOTH =
      new KeySignatures(Bytes.of(new byte[] {1}), Optional.of(Bytes.of(new byte[] {2})));
  private static final KeySignatures SITE_ALONE =
      new KeySignatures(Bytes.of(new byte[] {3}), Optional.empty());
  private static final List<Bytes> CHAIN = List.of(Bytes.of(new byte[] {4}));

  private static final SignedJobSet SET =
      new SignedJobSet(
          new JobSet(
              "job-1",
              Optional.of(DIGEST),
              Challenge.of(new byte[32]),
              Instant.ofEpochSecond(1_800_000_060),
              new TreeMap<>(
                  Map.of(
                      "a",
                      new JobSet.Participant(JobSet.Kind.ATTESTED, DIGEST, Optional.of(DIGEST)),
                      "b",
                      new JobSet.Participant(JobSet.Kind.UNATTESTED, DIGEST, Optional.empty()))),
              new TreeMap<>(Map.of("c", JobSet.Left.BUSY, "d", JobSet.Left.SILENT))),
          BOTH);

  private static final JobDispatch DISPATCH =
      new JobDispatch(
          DIGEST,
          Instant.ofEpochSecond(1_800_000_050),
          new TreeMap<>(
              Map.of(
                  "a",
                  Optional.of(BOTH),
                  "b",
                  Optional.of(SITE_ALONE),
                  "server",
                  Optional.empty())),
          BOTH);

  private static void malformed(ReasonCode code, ThrowingCallable reading) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            MalformedEvidenceException.class, e -> assertThat(e.check().code()).contains(code));
  }

  @Test
  @DisplayName("what is written is read again, in a set, an answer, a dispatch, a start and an end")
  void roundTrips() throws Exception {
    assertThat(SignedJobSet.fromMap(SET.toMap())).isEqualTo(SET);
    for (JobAnswer answer :
        List.of(
            new JobAnswer(DIGEST, true, Optional.empty(), BOTH),
            new JobAnswer(DIGEST, false, Optional.empty(), SITE_ALONE),
            new JobAnswer(DIGEST, false, Optional.of(ReasonCode.MEASUREMENT_UNKNOWN), BOTH))) {
      assertThat(JobAnswer.fromMap(answer.toMap())).isEqualTo(answer);
    }
    assertThat(JobDispatch.fromMap(DISPATCH.toMap())).isEqualTo(DISPATCH);
    JobStart start = new JobStart(DIGEST);
    assertThat(JobStart.fromMap(start.toMap())).isEqualTo(start);
    JobEnd end = new JobEnd(DIGEST, JobOutcome.NOT_DISPATCHED, CHAIN, BOTH);
    assertThat(JobEnd.fromMap(end.toMap())).isEqualTo(end);
    Presence here = new Presence(CHAIN, DIGEST);
    assertThat(Presence.fromMap(here.toMap())).isEqualTo(here);
    SignedRefusal refusal =
        new SignedRefusal(
            "why",
            RefusalCode.BUSY,
            Optional.of(Duration.ofMinutes(10)),
            Optional.of(ReasonCode.REQUESTED_TOO_OFTEN),
            DIGEST,
            CHAIN,
            DIGEST);
    assertThat(SignedRefusal.fromMap(refusal.toMap())).isEqualTo(refusal);
  }

  private static Map<String, Object> with(Map<String, Object> map, String field, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(map);
    changed.put(field, value);
    return changed;
  }

  @Test
  @DisplayName("names ascend without repetition in a set and in a dispatch; rows have one shape")
  void namesAndRows() {
    for (String field : List.of("participants", "left")) {
      List<?> rows = (List<?>) SET.toMap().get(field);
      List<Object> reversed = new ArrayList<>(List.of(rows.get(1), rows.get(0)));
      for (Object bad :
          List.of(
              reversed,
              List.of(rows.get(0), rows.get(0)),
              List.of(List.of("a")),
              List.of("a"),
              List.of(List.of("a", "b", "c", "d", "e")),
              "a")) {
        malformed(
            ReasonCode.REQUEST_MALFORMED,
            () -> SignedJobSet.fromMap(with(SET.toMap(), field, bad)));
      }
    }
    for (Object bad :
        List.of(
            List.of(List.of("b"), List.of("a")),
            List.of(List.of("a"), List.of("a")),
            List.of(List.of("")),
            List.of(List.of()))) {
      malformed(
          ReasonCode.REQUEST_MALFORMED,
          () -> JobDispatch.fromMap(with(DISPATCH.toMap(), "participants", bad)));
    }
  }

  @Test
  @DisplayName("an unknown kind, reason, answer, outcome or code is refused; so is a short digest")
  void unknownNames() {
    String digest = WireText.base64(new byte[32]);
    malformed(
        ReasonCode.REQUEST_MALFORMED,
        () ->
            SignedJobSet.fromMap(
                with(SET.toMap(), "participants", List.of(List.of("a", "ATTESTED", digest)))));
    malformed(
        ReasonCode.REQUEST_MALFORMED,
        () -> SignedJobSet.fromMap(with(SET.toMap(), "left", List.of(List.of("a", "AWAY")))));
    malformed(
        ReasonCode.REQUEST_MALFORMED,
        () ->
            SignedJobSet.fromMap(
                with(
                    SET.toMap(),
                    "participants",
                    List.of(List.of("a", "attested", WireText.base64(new byte[31]))))));
    Map<String, Object> answer = new JobAnswer(DIGEST, true, Optional.empty(), BOTH).toMap();
    malformed(
        ReasonCode.ANSWER_MALFORMED, () -> JobAnswer.fromMap(with(answer, "answer", "perhaps")));
    malformed(
        ReasonCode.ANSWER_MALFORMED,
        () -> JobAnswer.fromMap(with(answer, "reason", "MEASUREMENT_UNKNOWN")));
    Map<String, Object> end = new JobEnd(DIGEST, JobOutcome.FINISHED, CHAIN, BOTH).toMap();
    for (JobOutcome own : List.of(JobOutcome.LAPSED, JobOutcome.SUPERSEDED, JobOutcome.CLOSED)) {
      malformed(
          ReasonCode.REQUEST_MALFORMED, () -> JobEnd.fromMap(with(end, "outcome", own.text())));
    }
    malformed(ReasonCode.REQUEST_MALFORMED, () -> JobEnd.fromMap(with(end, "_cc_cert", List.of())));
    malformed(ReasonCode.ANSWER_MALFORMED, () -> SignedRefusal.fromMap(Map.of("reason", "why")));
  }

  @Test
  @DisplayName("a refusal asks for a wait of 1 to 600 s")
  void waits() {
    Map<String, Object> refusal =
        new SignedRefusal(
                "why",
                RefusalCode.BUSY,
                Optional.of(Duration.ofSeconds(1)),
                Optional.empty(),
                DIGEST,
                CHAIN,
                DIGEST)
            .toMap();
    for (Object bad : List.of(0, 601, -1, "1")) {
      malformed(
          ReasonCode.ANSWER_MALFORMED,
          () -> SignedRefusal.fromMap(with(refusal, "retry_after", bad)));
    }
  }

  @Test
  @DisplayName("the size of values as JSON counts quotes, escapes and separators")
  void sizes() {
    assertThat(CCInfo.jsonBytes(Map.of("a", List.of("b\"", 1)))).isGreaterThanOrEqualTo(15);
    assertThat(CCInfo.jsonBytes("\u00e9")).isEqualTo(8);
    assertThat(CCInfo.jsonBytes("ab")).isEqualTo(4);
  }
}
