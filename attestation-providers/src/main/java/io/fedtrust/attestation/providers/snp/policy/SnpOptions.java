// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.policy;

import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.SettingType;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The options of SEV-SNP policies. Each constant's key is its name in policy files; the table with
 * their meanings is in {@code docs/policy.md}.
 */
public final class SnpOptions {
  private static final String ABI = "SEV-SNP Firmware ABI, ";
  private static final String POLICY = ABI + "GUEST_POLICY";
  private static final String PLATFORM = ABI + "PLATFORM_INFO";
  private static final String REPORT = ABI + "ATTESTATION_REPORT";
  private static final String TCB = ABI + "TCB_VERSION";
  private static final String ID_BLOCK = ABI + "ID block";
  private static final int MEASUREMENT_BYTES = 48;
  private static final int MAX_LEVEL = 255;
  private static final long MAX_U32 = 0xFFFF_FFFFL;

  /** {@code products}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption PRODUCTS =
      PolicyOption.oneOf(
          "products",
          "product",
          names(ProductLine.values(), ProductLine::text),
          "accepted product lines",
          REPORT);

  /** {@code signers}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption SIGNERS =
      PolicyOption.oneOf(
          "signers",
          "signer",
          names(EndorsementKey.values(), EndorsementKey::name),
          "accepted kinds of endorsement key",
          REPORT);

  /** {@code cspIds}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption CSP_IDS =
      new PolicyOption(
          "cspIds",
          "policy.csp-id",
          SettingType.texts(),
          "clouds whose VLEK is accepted, as its certificate names them",
          "AMD VLEK certificate specification, cspID",
          PolicyOption.ONE_OF);

  /** {@code allowMaskedChipId}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_MASKED_CHIP_ID =
      PolicyOption.allow(
          "allowMaskedChipId", "masked-chip-id", "accept platforms that withhold CHIP_ID", REPORT);

  /** {@code chipIds}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption CHIP_IDS = hex("chipIds", "chip-id", 64, "accepted chips");

  /** {@code vmpl}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption VMPL =
      PolicyOption.oneOf(
          "vmpl",
          "vmpl",
          SettingType.oneOf(List.of("0", "1", "2", "3")),
          "accepted privilege levels of the software that requested the report",
          REPORT);

  /** {@code allowDebug}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_DEBUG =
      PolicyOption.allow("allowDebug", "debug", "let the host read the guest's memory", POLICY);

  /** {@code allowMigration}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_MIGRATION =
      PolicyOption.allow(
          "allowMigration", "migration", "let a migration agent be associated", POLICY);

  /** {@code allowSmt}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_SMT =
      PolicyOption.allow("allowSmt", "smt", "let the host have SMT switched on", POLICY);

  /** {@code allowCxl}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_CXL =
      PolicyOption.allow("allowCxl", "cxl", "let CXL devices be populated", POLICY);

  /** {@code requireSingleSocket}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_SINGLE_SOCKET =
      PolicyOption.require(
          "requireSingleSocket", "single-socket", "run on one socket only", POLICY);

  /** {@code requireMemAes256Xts}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_MEM_AES256_XTS =
      PolicyOption.require(
          "requireMemAes256Xts", "mem-aes-256-xts", "memory under AES-256-XTS", POLICY);

  /** {@code requireRaplDisabled}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_RAPL_DISABLED =
      PolicyOption.require(
          "requireRaplDisabled", "rapl-disabled", "the guest requires RAPL to be off", POLICY);

  /** {@code requireCiphertextHiding}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_CIPHERTEXT_HIDING =
      PolicyOption.require(
          "requireCiphertextHiding",
          "ciphertext-hiding",
          "the guest requires ciphertext hiding",
          POLICY);

  /** {@code requirePageSwapDisabled}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_PAGE_SWAP_DISABLED =
      PolicyOption.require(
          "requirePageSwapDisabled",
          "page-swap-disabled",
          "pages are neither moved nor swapped",
          POLICY);

  /** {@code minimumAbi}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MINIMUM_ABI =
      new PolicyOption(
          "minimumAbi",
          "policy.abi",
          SettingType.version(),
          "minimum firmware ABI that the guest requires",
          POLICY,
          PolicyOption.VERSION_AT_LEAST);

  /** {@code allowPlatformSmt}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_PLATFORM_SMT =
      PolicyOption.allow("allowPlatformSmt", "platform-smt", "SMT is on", PLATFORM);

  /** {@code allowPlatformTsme}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_PLATFORM_TSME =
      PolicyOption.allow("allowPlatformTsme", "platform-tsme", "TSME is on", PLATFORM);

  /** {@code allowPlatformTio}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_PLATFORM_TIO =
      PolicyOption.allow("allowPlatformTio", "platform-tio", "trusted I/O is on", PLATFORM);

  /** {@code requirePlatformEcc}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_PLATFORM_ECC =
      PolicyOption.require("requirePlatformEcc", "platform-ecc", "memory has ECC", PLATFORM);

  /** {@code requirePlatformRaplDisabled}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_PLATFORM_RAPL_DISABLED =
      PolicyOption.require(
          "requirePlatformRaplDisabled", "platform-rapl-disabled", "RAPL is off", PLATFORM);

  /** {@code requirePlatformCiphertextHiding}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_PLATFORM_CIPHERTEXT_HIDING =
      PolicyOption.require(
          "requirePlatformCiphertextHiding",
          "platform-ciphertext-hiding",
          "ciphertext hiding is on",
          PLATFORM);

  /** {@code requirePlatformAliasCheck}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_PLATFORM_ALIAS_CHECK =
      PolicyOption.require(
          "requirePlatformAliasCheck",
          "platform-alias-check",
          "the platform was checked for memory aliases",
          PLATFORM);

  /** {@code allowReservedBits}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_RESERVED_BITS =
      PolicyOption.allow(
          "allowReservedBits",
          "reserved-bits",
          "accept bits that this release does not know",
          REPORT);

  /** {@code minimumReportedTcb}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MINIMUM_REPORTED_TCB =
      floors("minimumReportedTcb", "reported-tcb");

  /** {@code minimumCurrentTcb}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MINIMUM_CURRENT_TCB = floors("minimumCurrentTcb", "current-tcb");

  /** {@code minimumCommittedTcb}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MINIMUM_COMMITTED_TCB =
      floors("minimumCommittedTcb", "committed-tcb");

  /** {@code minimumLaunchTcb}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MINIMUM_LAUNCH_TCB = floors("minimumLaunchTcb", "launch-tcb");

  /** {@code allowProvisionalFirmware}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_PROVISIONAL_FIRMWARE =
      new PolicyOption(
          "allowProvisionalFirmware",
          "policy.committed",
          SettingType.flag(),
          "accept firmware from which the platform can still roll back",
          REPORT,
          SnpRules::committed);

  /** {@code minimumVersion}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MINIMUM_VERSION =
      new PolicyOption(
          "minimumVersion",
          "policy.current-version",
          SettingType.version(),
          "minimum firmware API version in use",
          REPORT,
          PolicyOption.VERSION_AT_LEAST);

  /** {@code minimumBuild}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MINIMUM_BUILD =
      PolicyOption.atLeast(
          "minimumBuild", "build", MAX_LEVEL, "minimum firmware build in use", REPORT);

  /** {@code minimumGuestSvn}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MINIMUM_GUEST_SVN =
      PolicyOption.atLeast(
          "minimumGuestSvn", "guest-svn", MAX_U32, "minimum security version of the guest", REPORT);

  /** {@code hostData}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption HOST_DATA =
      hex("hostData", "host-data", 32, "accepted values that the host supplied at launch");

  /** {@code reportData}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REPORT_DATA =
      hex("reportData", "report-data", 64, "accepted values that the guest supplied");

  /** {@code familyIds}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption FAMILY_IDS =
      hex("familyIds", "family-id", 16, "accepted families of the guest image");

  /** {@code imageIds}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption IMAGE_IDS =
      hex("imageIds", "image-id", 16, "accepted guest images");

  /** {@code reportIds}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REPORT_IDS =
      hex("reportIds", "report-id", 32, "accepted guest instances");

  /** {@code reportIdMas}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REPORT_ID_MAS =
      hex("reportIdMas", "report-id-ma", 32, "accepted migration agents");

  /** {@code idKeyDigests}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ID_KEY_DIGESTS =
      new PolicyOption(
          "idKeyDigests",
          "policy.id-key-digest",
          SettingType.hex(48),
          "ID keys, one of which must have signed the ID block unless an accepted author key"
              + " vouches for it",
          ID_BLOCK,
          SnpRules::idKey);

  /** {@code authorKeyDigests}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption AUTHOR_KEY_DIGESTS =
      new PolicyOption(
          "authorKeyDigests",
          "policy.author-key-digest",
          SettingType.hex(48),
          "author keys, one of which must vouch for the ID key unless the ID key is accepted",
          ID_BLOCK,
          SnpRules::idKey);

  /** {@code requireIdBlock}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_ID_BLOCK =
      new PolicyOption(
          "requireIdBlock",
          "policy.id-block",
          SettingType.flag(),
          "a guest with an ID block of an accepted key",
          ID_BLOCK,
          SnpRules::idBlock);

  /** {@code requireAuthorKey}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_AUTHOR_KEY =
      new PolicyOption(
          "requireAuthorKey",
          "policy.author-key",
          SettingType.flag(),
          "an ID block that an accepted author key vouches for",
          ID_BLOCK,
          SnpRules::authorKey);

  /** {@code requiredLaunchMitigations}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRED_LAUNCH_MITIGATIONS =
      bits("requiredLaunchMitigations", "launch-mitigations", "mitigations active at launch");

  /** {@code requiredMitigations}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRED_MITIGATIONS =
      bits("requiredMitigations", "current-mitigations", "active mitigations");

  /** Every option, in the order of its checks. */
  public static final List<PolicyOption> ALL =
      List.of(
          PRODUCTS,
          SIGNERS,
          CSP_IDS,
          ALLOW_MASKED_CHIP_ID,
          CHIP_IDS,
          VMPL,
          ALLOW_DEBUG,
          ALLOW_MIGRATION,
          ALLOW_SMT,
          ALLOW_CXL,
          REQUIRE_SINGLE_SOCKET,
          REQUIRE_MEM_AES256_XTS,
          REQUIRE_RAPL_DISABLED,
          REQUIRE_CIPHERTEXT_HIDING,
          REQUIRE_PAGE_SWAP_DISABLED,
          MINIMUM_ABI,
          ALLOW_PLATFORM_SMT,
          ALLOW_PLATFORM_TSME,
          ALLOW_PLATFORM_TIO,
          REQUIRE_PLATFORM_ECC,
          REQUIRE_PLATFORM_RAPL_DISABLED,
          REQUIRE_PLATFORM_CIPHERTEXT_HIDING,
          REQUIRE_PLATFORM_ALIAS_CHECK,
          ALLOW_RESERVED_BITS,
          MINIMUM_REPORTED_TCB,
          MINIMUM_CURRENT_TCB,
          MINIMUM_COMMITTED_TCB,
          MINIMUM_LAUNCH_TCB,
          ALLOW_PROVISIONAL_FIRMWARE,
          MINIMUM_VERSION,
          MINIMUM_BUILD,
          MINIMUM_GUEST_SVN,
          HOST_DATA,
          REPORT_DATA,
          FAMILY_IDS,
          IMAGE_IDS,
          REPORT_IDS,
          REPORT_ID_MAS,
          ID_KEY_DIGESTS,
          AUTHOR_KEY_DIGESTS,
          REQUIRE_ID_BLOCK,
          REQUIRE_AUTHOR_KEY,
          REQUIRED_LAUNCH_MITIGATIONS,
          REQUIRED_MITIGATIONS);

  /** Every kind of value that can be denied. */
  public static final List<DenyOption> DENIALS =
      List.of(
          DenyOption.of(
              "chipIds",
              CHIP_IDS.claim(),
              CHIP_IDS.type(),
              "chips that are never accepted",
              REPORT),
          DenyOption.measurements(MEASUREMENT_BYTES));

  private SnpOptions() {}

  private static PolicyOption hex(String key, String claim, int bytes, String meaning) {
    return PolicyOption.oneOf(key, claim, SettingType.hex(bytes), meaning, REPORT);
  }

  private static PolicyOption bits(String key, String claim, String meaning) {
    return PolicyOption.of(key, claim, SettingType.bits(), meaning, REPORT, PolicyOption.ALL_BITS);
  }

  private static PolicyOption floors(String key, String claim) {
    Map<String, List<String>> components =
        Arrays.stream(ProductLine.values())
            .collect(Collectors.toMap(ProductLine::text, ProductLine::tcbComponents));
    return PolicyOption.of(
        key,
        claim,
        SettingType.floors(components, MAX_LEVEL),
        "minimum levels of the " + claim.replace("-tcb", " TCB") + ", by product line",
        TCB,
        PolicyOption.FLOORS);
  }

  private static <T> SettingType names(T[] values, Function<T, String> name) {
    return SettingType.oneOf(Arrays.stream(values).map(name).toList());
  }
}
