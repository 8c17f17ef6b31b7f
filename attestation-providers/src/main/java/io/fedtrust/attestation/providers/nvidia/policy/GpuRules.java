// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.policy;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.Setting;
import io.fedtrust.attestation.providers.nvidia.format.GpuClaimNames;
import java.util.Map;
import java.util.Optional;

/** Rules that compare otherwise than the common ones. */
final class GpuRules {
  private GpuRules() {}

  static Check anyVersion(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    return option.nothingAsked("counted in policy.measurement: " + setting.text());
  }

  /** A device's own report has no such version. */
  static Check claimsVersion(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    return claims.form().equals(EvidenceForm.NRAS_EAT)
        ? PolicyOption.ONE_OF.appraise(option, setting, all, claims)
        : option.nothingAsked("the evidence is not of the service");
  }

  /** All GPUs of a machine have the same driver: the verifier compares them. */
  static Check leastDriver(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    Setting.DottedVersion least = (Setting.DottedVersion) setting;
    Optional<ClaimValue> claim = claims.find(GpuClaimNames.DRIVER_VERSION);
    return option.answer(
        claim
            .flatMap(version -> Setting.DottedVersion.of(version.text()))
            .filter(version -> version.compareTo(least) >= 0)
            .isPresent(),
        ">= " + least.text(),
        PolicyOption.shown(claim));
  }

  static Check count(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    return option.answer(
        claims
            .find(option.claim(), ClaimValue.Whole.class)
            .filter(found -> found.value() == ((Setting.Whole) setting).value())
            .isPresent(),
        setting.text(),
        PolicyOption.shown(claims.find(option.claim())));
  }
}
