// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.wire;

import io.fedtrust.attestation.model.Appraisal;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.providers.codec.StrictJson;
import java.util.LinkedHashMap;
import java.util.Map;

/** Verdicts for machines. */
public final class VerdictJson {
  private VerdictJson() {}

  /**
   * Writes a verdict.
   *
   * @param verdict to write
   * @return indented JSON
   */
  public static String write(Verdict verdict) {
    return StrictJson.write(toMap(verdict));
  }

  /**
   * Returns a verdict as names and values.
   *
   * @param verdict to write
   * @return text, booleans, numbers, lists and maps
   */
  public static Map<String, Object> toMap(Verdict verdict) {
    Appraisal appraisal = verdict.appraisal();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("verdict", verdict.outcome());
    if (verdict instanceof Verdict.Rejected rejected) {
      reason(map, rejected.reason());
    } else if (verdict instanceof Verdict.Inconclusive inconclusive) {
      reason(map, inconclusive.missing());
    }
    map.put("subject", appraisal.subject());
    map.put("namespace", appraisal.form().namespace().text());
    map.put("form", appraisal.form().text());
    map.put("assurance", appraisal.assurance().name());
    map.put("evidence_sha256", appraisal.evidenceDigest());
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("id", appraisal.policy().id());
    policy.put("version", appraisal.policy().version());
    policy.put("sha256", appraisal.policy().digest());
    map.put("policy", policy);
    map.put("verified_at", appraisal.verifiedAt().toString());
    map.put("expires_at", appraisal.expiresAt().toString());
    appraisal.confirmation().ifPresent(key -> map.put("cnf", Map.of("spki_sha256", key)));
    map.put("notes", appraisal.notes());
    map.put("checks", appraisal.checks().stream().map(VerdictJson::check).toList());
    map.put("collateral", appraisal.collateral().stream().map(VerdictJson::collateral).toList());
    appraisal.claims().ifPresent(claims -> map.put("claims", claims(claims)));
    return map;
  }

  private static void reason(Map<String, Object> map, ReasonCode reason) {
    map.put("reason", reason.name());
    map.put("hint", reason.hint());
  }

  static Map<String, Object> check(Check check) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", check.name());
    map.put("outcome", check.outcome().name().toLowerCase(java.util.Locale.ROOT));
    if (check.outcome() == Check.Outcome.SKIPPED) {
      map.put("reason", check.actual());
    } else {
      map.put("expected", check.expected());
      map.put("actual", check.actual());
    }
    check.code().ifPresent(code -> map.put("code", code.name()));
    map.put("source", check.source());
    return map;
  }

  private static Map<String, Object> collateral(CollateralUse use) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("channel", use.channel());
    map.put("sha256", use.sha256());
    use.number().ifPresent(number -> map.put("number", number.toString()));
    map.put("issued", use.issued().toString());
    map.put("valid_until", use.validUntil().toString());
    return map;
  }

  /**
   * Returns claims as names and values.
   *
   * @param claims to write
   * @return booleans, lists, maps of levels, and text for everything else
   */
  public static Map<String, Object> claims(Claims claims) {
    Map<String, Object> map = new LinkedHashMap<>();
    claims.values().forEach((name, value) -> map.put(name, value(value)));
    return map;
  }

  private static Object value(ClaimValue value) {
    if (value instanceof ClaimValue.Flag flag) {
      return flag.value();
    }
    if (value instanceof ClaimValue.Texts texts) {
      return texts.texts();
    }
    return value instanceof ClaimValue.Levels levels ? levels.levels() : value.text();
  }
}
