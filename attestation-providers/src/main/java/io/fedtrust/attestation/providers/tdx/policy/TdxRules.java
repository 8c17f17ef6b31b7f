// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.policy;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.Setting;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.providers.tdx.format.TcbStatus;
import io.fedtrust.attestation.providers.tdx.format.TdxClaimNames;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Rules that look at more than one claim, or at claims that Intel's documents make. */
final class TdxRules {
  /** Forms that hold a quote, which Intel's collateral speaks of. */
  private static final Set<EvidenceForm> QUOTED =
      Set.of(EvidenceForm.TDX_QUOTE, EvidenceForm.CVM_TPM);

  private TdxRules() {}

  /**
   * What only collateral can say is not said where there is none: that breaks no rule, but fulfils
   * none either.
   */
  static PolicyOption.Rule ofCollateral(String claim, PolicyOption.Rule rule) {
    return (option, setting, all, claims) ->
        QUOTED.contains(claims.form()) && claims.find(claim).isEmpty()
            ? Check.missing(
                option.check(),
                ReasonCode.COLLATERAL_UNAVAILABLE,
                setting.text(),
                "no collateral to say it",
                option.source())
            : rule.appraise(option, setting, all, claims);
  }

  /** An accepted status, or one that will be once updates are in place, for some days. */
  static Check tcbStatus(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    Set<String> accepted = ((Setting.Values) setting).values();
    Optional<ClaimValue> claim = claims.find(option.claim());
    boolean good = claim.map(ClaimValue::text).filter(accepted::contains).isPresent();
    if (all.get(TdxOptions.TCB_GRACE_DAYS.key()) instanceof Setting.Whole days) {
      good |= isWithinGrace(days.value(), accepted, claims);
      return option.answer(
          good,
          "one of " + accepted + ", or in " + days.value() + " days once it is updated",
          PolicyOption.shown(claim)
              + ", for "
              + PolicyOption.shown(claims.find(TdxClaimNames.TCB_AGE_DAYS))
              + " days");
    }
    return option.answer(good, "one of " + accepted, PolicyOption.shown(claim));
  }

  private static boolean isWithinGrace(long days, Set<String> accepted, Claims claims) {
    Optional<TcbStatus> status =
        claims
            .find(TdxClaimNames.TCB_STATUS)
            .flatMap(
                text ->
                    Arrays.stream(TcbStatus.values())
                        .filter(known -> known.text().equals(text.text()))
                        .findFirst());
    boolean recent =
        claims
            .find(TdxClaimNames.TCB_AGE_DAYS, ClaimValue.Whole.class)
            .filter(age -> age.value() <= days)
            .isPresent();
    return recent
        && status
            .filter(known -> known != TcbStatus.REVOKED)
            .map(known -> known.updated().text())
            .filter(accepted::contains)
            .isPresent();
  }

  static Check grace(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    return option.nothingAsked("counted in policy.tcb-status: " + setting.text() + " days");
  }

  static Check acceptedAdvisories(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    Set<String> others = new TreeSet<>(texts(claims, TdxClaimNames.ADVISORY_IDS).orElse(List.of()));
    others.removeAll(((Setting.Values) setting).values());
    return advisories(option, "none but " + setting.text(), others, claims);
  }

  /** A name that Intel's documents do not contain may be misspelled: the check says so. */
  static Check refusedAdvisories(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    Set<String> refused = ((Setting.Values) setting).values();
    Set<String> found = new TreeSet<>(texts(claims, TdxClaimNames.ADVISORY_IDS).orElse(List.of()));
    found.retainAll(refused);
    Set<String> unknown = new TreeSet<>(refused);
    texts(claims, TdxClaimNames.NAMED_ADVISORY_IDS)
        .ifPresentOrElse(unknown::removeAll, unknown::clear);
    String expected = "none of " + setting.text();
    return advisories(
        option,
        unknown.isEmpty()
            ? expected
            : expected + " (never seen in Intel's documents: " + unknown + ")",
        found,
        claims);
  }

  private static Check advisories(
      PolicyOption option, String expected, Set<String> wrong, Claims claims) {
    Optional<List<String>> claimed = texts(claims, TdxClaimNames.ADVISORY_IDS);
    return option.answer(
        claimed.isPresent() && wrong.isEmpty(),
        expected,
        claimed.isEmpty() ? "not claimed" : wrong.isEmpty() ? claimed.get() : wrong);
  }

  private static Optional<List<String>> texts(Claims claims, String name) {
    return claims.find(name, ClaimValue.Texts.class).map(ClaimValue.Texts::texts);
  }

  /** Sixteen components, of which none may be below; several settings are alternatives. */
  static Check components(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    Optional<ClaimValue.Octets> claim = claims.find(option.claim(), ClaimValue.Octets.class);
    return option.answer(
        claim
            .filter(
                found ->
                    ((Setting.Values) setting)
                        .values().stream().anyMatch(least -> reaches(found.text(), least)))
            .isPresent(),
        ">= " + setting.text() + " in each component",
        PolicyOption.shown(claim));
  }

  private static boolean reaches(String found, String least) {
    byte[] present = HexFormat.of().parseHex(found);
    byte[] floor = HexFormat.of().parseHex(least);
    if (present.length != floor.length) {
      return false;
    }
    for (int i = 0; i < floor.length; i++) {
      if (Byte.toUnsignedInt(present[i]) < Byte.toUnsignedInt(floor[i])) {
        return false;
      }
    }
    return true;
  }

  /** Each digest was extended into some register, as the log that gives them says. */
  static Check events(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    Set<String> missing = new TreeSet<>(((Setting.Values) setting).values());
    for (int i = 0; i < RegisterBank.RTMR.registers(); i++) {
      texts(claims, TdxClaimNames.events(i))
          .orElse(List.of())
          .forEach(event -> missing.remove(event.substring(event.indexOf(' ') + 1)));
    }
    return option.answer(
        missing.isEmpty(),
        "events of " + setting.text(),
        missing.isEmpty() ? "all" : "none of " + missing);
  }

  /** Every policy of the service that is named, matched, and none of them unmatched. */
  static Check servicePolicies(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    Set<String> required = ((Setting.Values) setting).values();
    List<String> matched = texts(claims, TdxClaimNames.POLICIES_MATCHED).orElse(List.of());
    List<String> unmatched = texts(claims, TdxClaimNames.POLICIES_UNMATCHED).orElse(List.of());
    return option.answer(
        matched.containsAll(required) && required.stream().noneMatch(unmatched::contains),
        "matched " + required,
        "matched " + matched + ", unmatched " + unmatched);
  }
}
