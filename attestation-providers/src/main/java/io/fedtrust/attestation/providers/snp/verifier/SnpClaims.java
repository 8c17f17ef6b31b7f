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
    claims.put("version", new Whole(report.version()));
    claims.put("product", new Text(line.map(ProductLine::text).orElse("unknown")));
    claims.put("cpuid", report.cpuid().map(cpu -> new Text(cpu.toString())));
    claims.put("signer", new Text(report.signingKey().name()));
    claims.put("csp-id", cloud.map(Text::new));
    octets(claims, "measurement", report, SnpField.MEASUREMENT);
    octets(claims, "report-data", report, SnpField.REPORT_DATA);
    octets(claims, "host-data", report, SnpField.HOST_DATA);
    claims.put("vmpl", new Whole(report.vmpl()));
    claims.put("guest-svn", new Whole(report.guestSvn()));
    policy(claims, report.policy());
    octets(claims, "family-id", report, SnpField.FAMILY_ID);
    octets(claims, "image-id", report, SnpField.IMAGE_ID);
    claims.put("author-key", new Flag(report.isAuthorKeyEnabled()));
    octets(claims, "id-key-digest", report, SnpField.ID_KEY_DIGEST);
    octets(claims, "author-key-digest", report, SnpField.AUTHOR_KEY_DIGEST);
    octets(claims, "report-id", report, SnpField.REPORT_ID);
    octets(claims, "report-id-ma", report, SnpField.REPORT_ID_MA);
    octets(claims, "chip-id", report, SnpField.CHIP_ID);
    claims.put("masked-chip-id", new Flag(report.isChipIdMasked()));
    platform(claims, report.platformInfo());
    tcb(claims, "current-tcb", report, SnpField.CURRENT_TCB, line);
    tcb(claims, "reported-tcb", report, SnpField.REPORTED_TCB, line);
    tcb(claims, "committed-tcb", report, SnpField.COMMITTED_TCB, line);
    tcb(claims, "launch-tcb", report, SnpField.LAUNCH_TCB, line);
    claims.put("current-version", report.currentVersion().claim());
    claims.put("build", new Whole(report.currentVersion().build()));
    claims.put("committed-version", report.committedVersion().claim());
    claims.put("launch-mitigations", bits(report.launchMitigations()));
    claims.put("current-mitigations", bits(report.currentMitigations()));
    claims.put("reserved-bits", new Flag(report.hasReservedBits()));
    return claims.build();
  }

  private static void policy(Claims.Builder claims, GuestPolicy policy) {
    Map<String, Long> abi = new LinkedHashMap<>();
    abi.put("major", (long) policy.abiMajor());
    abi.put("minor", (long) policy.abiMinor());
    claims.put("abi", new ClaimValue.Levels(abi));
    claims.put("debug", new Flag(policy.isDebugAllowed()));
    claims.put("migration", new Flag(policy.isMigrationAllowed()));
    claims.put("smt", new Flag(policy.isSmtAllowed()));
    claims.put("cxl", new Flag(policy.isCxlAllowed()));
    claims.put("single-socket", new Flag(policy.isSingleSocketRequired()));
    claims.put("mem-aes-256-xts", new Flag(policy.isAes256XtsRequired()));
    claims.put("rapl-disabled", new Flag(policy.isRaplDisableRequired()));
    claims.put("ciphertext-hiding", new Flag(policy.isCiphertextHidingRequired()));
    claims.put("page-swap-disabled", new Flag(policy.isPageSwapDisabled()));
  }

  private static void platform(Claims.Builder claims, PlatformInfo platform) {
    claims.put("platform-info", new Bits(platform.bits()));
    claims.put("platform-smt", new Flag(platform.isSmtEnabled()));
    claims.put("platform-tsme", new Flag(platform.isTsmeEnabled()));
    claims.put("platform-tio", new Flag(platform.isTioEnabled()));
    claims.put("platform-ecc", new Flag(platform.isEccEnabled()));
    claims.put("platform-rapl-disabled", new Flag(platform.isRaplDisabled()));
    claims.put("platform-ciphertext-hiding", new Flag(platform.isCiphertextHidingEnabled()));
    claims.put("platform-alias-check", new Flag(platform.isAliasCheckComplete()));
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
