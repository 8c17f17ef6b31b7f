// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.stream.Collectors;

/** Says what an authentication came to, with every check where it came to something else. */
public final class Judged {
  private Judged() {}

  public static void genuine(EvidenceVerification result) {
    assertThat(result).as(text(result)).isInstanceOf(EvidenceVerification.Genuine.class);
  }

  public static void notGenuine(ReasonCode reason, EvidenceVerification result) {
    assertThat(result)
        .as(text(result))
        .isInstanceOfSatisfying(
            EvidenceVerification.NotGenuine.class,
            failed -> assertThat(failed.reason()).as(text(result)).isEqualTo(reason));
  }

  /** By this check, the first one that failed. */
  public static void notGenuine(ReasonCode reason, String check, EvidenceVerification result) {
    notGenuine(reason, result);
    assertThat(first(result, Check.Outcome.FAILED)).as(text(result)).isEqualTo(check);
  }

  public static void undetermined(ReasonCode missing, EvidenceVerification result) {
    assertThat(result)
        .as(text(result))
        .isInstanceOfSatisfying(
            EvidenceVerification.Undetermined.class,
            open -> assertThat(open.missing()).as(text(result)).isEqualTo(missing));
  }

  /** By this check, the first one that misses something. */
  public static void undetermined(ReasonCode missing, String check, EvidenceVerification result) {
    undetermined(missing, result);
    assertThat(first(result, Check.Outcome.MISSING)).as(text(result)).isEqualTo(check);
  }

  private static String first(EvidenceVerification result, Check.Outcome outcome) {
    return result.checks().stream()
        .filter(check -> check.outcome() == outcome)
        .findFirst()
        .map(Check::name)
        .orElse("");
  }

  /** The reason of a check, or nothing if it passed, was skipped or was not made. */
  public static String reason(EvidenceVerification result, String check) {
    return result.checks().stream()
        .filter(made -> made.name().equals(check))
        .findFirst()
        .flatMap(Check::code)
        .map(ReasonCode::name)
        .orElse("");
  }

  public static String claim(EvidenceVerification result, String name) {
    return result
        .verifiedClaims()
        .flatMap(claims -> claims.find(name))
        .map(value -> value.text())
        .orElse("not claimed");
  }

  public static String text(EvidenceVerification result) {
    return result.checks().stream().map(Check::toString).collect(Collectors.joining("\n"));
  }
}
