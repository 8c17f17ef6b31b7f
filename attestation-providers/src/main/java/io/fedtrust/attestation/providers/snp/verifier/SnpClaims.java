// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.verifier;

import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.ClaimValue.Bits;
import io.fedtrust.attestation.model.ClaimValue.Flag;
import io.fedtrust.attestation.model.ClaimValue.Octets;
import io.fedtrust.attestation.model.ClaimValue.Text;
import io.fedtrust.attestation.model.ClaimValue.Whole;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.snp.format.GuestPolicy;
import io.fedtrust.attestation.providers.snp.format.PlatformInfo;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpClaimNames;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a report says, under the names that policies use. */
public final class SnpClaims {
  private SnpClaims() {}

  /**
   * Names what a report says, without verifying anything.
   *
   * @param report whether genuine or not
   * @param otherwise product line where the report names no CPU (version 2)
   * @return the claims; of a CPU that this release does not know, the product is {@code unknown}
   *     and TCB versions are raw bytes
   */
  public static Claims unverified(SnpReport report, ProductLine otherwise) {
    Optional<SnpReport.Cpuid> cpuid = report.cpuid();
    return of(
        report, cpuid.isPresent() ? cpuid.get().line() : Optional.of(otherwise), Optional.empty());
  }

  /** Of a report whose endorsement says the product line, and perhaps the cloud. */
  static Claims of(SnpReport report, ProductLine line, Optional<String> cloud) {
    return of(report, Optional.of(line), cloud);
  }

  private static Claims of(SnpReport report, Optional<ProductLine> line, Optional<String> cloud) {
    Claims.Builder claims =
        Claims.of(
            EvidenceForm.SNP_REPORT,
            HexFormat.of().formatHex(report.bytes(SnpField.MEASUREMENT)),
            report.bytes(SnpField.REPORT_DATA));
    claims.signedContent(report.signed()).nonce(report.bytes(SnpField.REPORT_DATA));
    claims.put(SnpClaimNames.VERSION, new Whole(report.version()));
    claims.put(SnpClaimNames.PRODUCT, new Text(line.map(ProductLine::text).orElse("unknown")));
    claims.put(SnpClaimNames.CPUID, report.cpuid().map(cpu -> new Text(cpu.toString())));
    claims.put(SnpClaimNames.SIGNER, new Text(report.signingKey().name()));
    claims.put(SnpClaimNames.CSP_ID, cloud.map(Text::new));
    octets(claims, SnpClaimNames.MEASUREMENT, report, SnpField.MEASUREMENT);
    octets(claims, SnpClaimNames.REPORT_DATA, report, SnpField.REPORT_DATA);
    octets(claims, SnpClaimNames.HOST_DATA, report, SnpField.HOST_DATA);
    claims.put(SnpClaimNames.VMPL, new Whole(report.vmpl()));
    claims.put(SnpClaimNames.GUEST_SVN, new Whole(report.guestSvn()));
    policy(claims, report.policy());
    octets(claims, SnpClaimNames.FAMILY_ID, report, SnpField.FAMILY_ID);
    octets(claims, SnpClaimNames.IMAGE_ID, report, SnpField.IMAGE_ID);
    claims.put(SnpClaimNames.AUTHOR_KEY, new Flag(report.isAuthorKeyEnabled()));
    octets(claims, SnpClaimNames.ID_KEY_DIGEST, report, SnpField.ID_KEY_DIGEST);
    octets(claims, SnpClaimNames.AUTHOR_KEY_DIGEST, report, SnpField.AUTHOR_KEY_DIGEST);
    octets(claims, SnpClaimNames.REPORT_ID, report, SnpField.REPORT_ID);
    octets(claims, SnpClaimNames.REPORT_ID_MA, report, SnpField.REPORT_ID_MA);
    octets(claims, SnpClaimNames.CHIP_ID, report, SnpField.CHIP_ID);
    claims.put(SnpClaimNames.MASKED_CHIP_ID, new Flag(report.isChipIdMasked()));
    platform(claims, report.platformInfo());
    tcb(claims, SnpClaimNames.CURRENT_TCB, report, SnpField.CURRENT_TCB, line);
    tcb(claims, SnpClaimNames.REPORTED_TCB, report, SnpField.REPORTED_TCB, line);
    tcb(claims, SnpClaimNames.COMMITTED_TCB, report, SnpField.COMMITTED_TCB, line);
    tcb(claims, SnpClaimNames.LAUNCH_TCB, report, SnpField.LAUNCH_TCB, line);
    claims.put(SnpClaimNames.CURRENT_VERSION, report.currentVersion().claim());
    claims.put(SnpClaimNames.BUILD, new Whole(report.currentVersion().build()));
    claims.put(SnpClaimNames.COMMITTED_VERSION, report.committedVersion().claim());
    claims.put(SnpClaimNames.LAUNCH_MITIGATIONS, bits(report.launchMitigations()));
    claims.put(SnpClaimNames.CURRENT_MITIGATIONS, bits(report.currentMitigations()));
    claims.put(SnpClaimNames.RESERVED_BITS, new Flag(report.hasReservedBits()));
    return claims.build();
  }

  private static void policy(Claims.Builder claims, GuestPolicy policy) {
    Map<String, Long> abi = new LinkedHashMap<>();
    abi.put("major", (long) policy.abiMajor());
    abi.put("minor", (long) policy.abiMinor());
    claims.put(SnpClaimNames.ABI, new ClaimValue.Levels(abi));
    claims.put(SnpClaimNames.DEBUG, new Flag(policy.isDebugAllowed()));
    claims.put(SnpClaimNames.MIGRATION, new Flag(policy.isMigrationAllowed()));
    claims.put(SnpClaimNames.SMT, new Flag(policy.isSmtAllowed()));
    claims.put(SnpClaimNames.CXL, new Flag(policy.isCxlAllowed()));
    claims.put(SnpClaimNames.SINGLE_SOCKET, new Flag(policy.isSingleSocketRequired()));
    claims.put(SnpClaimNames.MEM_AES_256_XTS, new Flag(policy.isAes256XtsRequired()));
    claims.put(SnpClaimNames.RAPL_DISABLED, new Flag(policy.isRaplDisableRequired()));
    claims.put(SnpClaimNames.CIPHERTEXT_HIDING, new Flag(policy.isCiphertextHidingRequired()));
    claims.put(SnpClaimNames.PAGE_SWAP_DISABLED, new Flag(policy.isPageSwapDisabled()));
  }

  private static void platform(Claims.Builder claims, PlatformInfo platform) {
    claims.put(SnpClaimNames.PLATFORM_INFO, new Bits(platform.bits()));
    claims.put(SnpClaimNames.PLATFORM_SMT, new Flag(platform.isSmtEnabled()));
    claims.put(SnpClaimNames.PLATFORM_TSME, new Flag(platform.isTsmeEnabled()));
    claims.put(SnpClaimNames.PLATFORM_TIO, new Flag(platform.isTioEnabled()));
    claims.put(SnpClaimNames.PLATFORM_ECC, new Flag(platform.isEccEnabled()));
    claims.put(SnpClaimNames.PLATFORM_RAPL_DISABLED, new Flag(platform.isRaplDisabled()));
    claims.put(
        SnpClaimNames.PLATFORM_CIPHERTEXT_HIDING, new Flag(platform.isCiphertextHidingEnabled()));
    claims.put(SnpClaimNames.PLATFORM_ALIAS_CHECK, new Flag(platform.isAliasCheckComplete()));
  }

  /** Its layout is known for known product lines only. */
  private static void tcb(
      Claims.Builder claims,
      String name,
      SnpReport report,
      SnpField field,
      Optional<ProductLine> line) {
    if (line.isPresent()) {
      claims.put(name, report.tcb(field, line.get()).claim());
    } else {
      octets(claims, name, report, field);
    }
  }

  private static void octets(Claims.Builder claims, String name, SnpReport report, SnpField field) {
    claims.put(name, Octets.of(report.bytes(field)));
  }

  private static Optional<Bits> bits(OptionalLong value) {
    return value.isPresent() ? Optional.of(new Bits(value.getAsLong())) : Optional.empty();
  }
}
