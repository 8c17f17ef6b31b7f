// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.stream.Collectors;

/** Says what an authentication came to, with every check where it came to something else. */
public final class Judged {
  private Judged() {}

  public static void authentic(Authentication result) {
    assertThat(result).as(text(result)).isInstanceOf(Authentication.Authentic.class);
  }

  public static void notAuthentic(ReasonCode reason, Authentication result) {
    assertThat(result)
        .as(text(result))
        .isInstanceOfSatisfying(
            Authentication.NotAuthentic.class,
            failed -> assertThat(failed.reason()).as(text(result)).isEqualTo(reason));
  }

  /** By this check, the first one that failed. */
  public static void notAuthentic(ReasonCode reason, String check, Authentication result) {
    notAuthentic(reason, result);
    assertThat(first(result, Check.Outcome.FAILED)).as(text(result)).isEqualTo(check);
  }

  public static void undetermined(ReasonCode missing, Authentication result) {
    assertThat(result)
        .as(text(result))
        .isInstanceOfSatisfying(
            Authentication.Undetermined.class,
            open -> assertThat(open.missing()).as(text(result)).isEqualTo(missing));
  }

  /** By this check, the first one that misses something. */
  public static void undetermined(ReasonCode missing, String check, Authentication result) {
    undetermined(missing, result);
    assertThat(first(result, Check.Outcome.MISSING)).as(text(result)).isEqualTo(check);
  }

  private static String first(Authentication result, Check.Outcome outcome) {
    return result.checks().stream()
        .filter(check -> check.outcome() == outcome)
        .findFirst()
        .map(Check::name)
        .orElse("");
  }

  /** The reason of a check, or nothing if it passed, was skipped or was not made. */
  public static String reason(Authentication result, String check) {
    return result.checks().stream()
        .filter(made -> made.name().equals(check))
        .findFirst()
        .flatMap(Check::code)
        .map(ReasonCode::name)
        .orElse("");
  }

  public static String claim(Authentication result, String name) {
    return result
        .verifiedClaims()
        .flatMap(claims -> claims.find(name))
        .map(value -> value.text())
        .orElse("not claimed");
  }

  public static String text(Authentication result) {
    return result.checks().stream().map(Check::toString).collect(Collectors.joining("\n"));
  }
}
