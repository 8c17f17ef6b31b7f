// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.policy;

import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.OptionTable;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.SettingType;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpClaimNames;
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
  private static final OptionTable TABLE = new OptionTable();
  private static final String ABI = "AMD 56860, ";
  private static final String POLICY = ABI + "GUEST_POLICY";
  private static final String PLATFORM = ABI + "PLATFORM_INFO";
  private static final String REPORT = ABI + "ATTESTATION_REPORT";
  private static final String TCB = ABI + "TCB_VERSION";
  private static final String ID_BLOCK = ABI + "ID block";
  private static final int MEASUREMENT_BYTES = 48;
  private static final int MAX_LEVEL = 255;
  private static final long MAX_U32 = 0xFFFF_FFFFL;

  /** {@code products}: accepted product lines. */
  public static final PolicyOption PRODUCTS =
      TABLE.add(
          PolicyOption.oneOf(
              "products",
              SnpClaimNames.PRODUCT,
              names(ProductLine.values(), ProductLine::text),
              "accepted product lines",
              REPORT));

  /** {@code signers}: accepted kinds of endorsement key. */
  public static final PolicyOption SIGNERS =
      TABLE.add(
          PolicyOption.oneOf(
              "signers",
              SnpClaimNames.SIGNER,
              names(EndorsementKey.values(), EndorsementKey::name),
              "accepted kinds of endorsement key",
              REPORT));

  /** {@code cspIds}: clouds whose VLEK is accepted, as its certificate names them. */
  public static final PolicyOption CSP_IDS =
      TABLE.add(
          PolicyOption.of(
              "cspIds",
              SnpClaimNames.CSP_ID,
              SettingType.texts(),
              "clouds whose VLEK is accepted, as its certificate names them",
              "AMD 58369, cspID",
              PolicyOption.ONE_OF));

  /** {@code allowMaskedChipId}: accept platforms that withhold CHIP_ID. */
  public static final PolicyOption ALLOW_MASKED_CHIP_ID =
      TABLE.add(
          PolicyOption.allow(
              "allowMaskedChipId",
              SnpClaimNames.MASKED_CHIP_ID,
              "accept platforms that withhold CHIP_ID",
              REPORT));

  /** {@code chipIds}: accepted chips. */
  public static final PolicyOption CHIP_IDS =
      TABLE.add(hex("chipIds", SnpClaimNames.CHIP_ID, 64, "accepted chips"));

  /** {@code vmpl}: accepted privilege levels of the software that requested the report. */
  public static final PolicyOption VMPL =
      TABLE.add(
          PolicyOption.oneOf(
              "vmpl",
              SnpClaimNames.VMPL,
              SettingType.oneOf(List.of("0", "1", "2", "3")),
              "accepted privilege levels of the software that requested the report",
              REPORT));

  /** {@code allowDebug}: let the host read the guest's memory. */
  public static final PolicyOption ALLOW_DEBUG =
      TABLE.add(
          PolicyOption.allow(
              "allowDebug", SnpClaimNames.DEBUG, "let the host read the guest's memory", POLICY));

  /** {@code allowMigration}: let a migration agent be associated. */
  public static final PolicyOption ALLOW_MIGRATION =
      TABLE.add(
          PolicyOption.allow(
              "allowMigration",
              SnpClaimNames.MIGRATION,
              "let a migration agent be associated",
              POLICY));

  /** {@code allowSmt}: let the host have SMT switched on. */
  public static final PolicyOption ALLOW_SMT =
      TABLE.add(
          PolicyOption.allow(
              "allowSmt", SnpClaimNames.SMT, "let the host have SMT switched on", POLICY));

  /** {@code allowCxl}: let CXL devices be populated. */
  public static final PolicyOption ALLOW_CXL =
      TABLE.add(
          PolicyOption.allow(
              "allowCxl", SnpClaimNames.CXL, "let CXL devices be populated", POLICY));

  /** {@code requireSingleSocket}: run on one socket only. */
  public static final PolicyOption REQUIRE_SINGLE_SOCKET =
      TABLE.add(
          PolicyOption.require(
              "requireSingleSocket",
              SnpClaimNames.SINGLE_SOCKET,
              "run on one socket only",
              POLICY));

  /** {@code requireMemAes256Xts}: memory under AES-256-XTS. */
  public static final PolicyOption REQUIRE_MEM_AES256_XTS =
      TABLE.add(
          PolicyOption.require(
              "requireMemAes256Xts",
              SnpClaimNames.MEM_AES_256_XTS,
              "memory under AES-256-XTS",
              POLICY));

  /** {@code requireRaplDisabled}: the guest requires RAPL to be off. */
  public static final PolicyOption REQUIRE_RAPL_DISABLED =
      TABLE.add(
          PolicyOption.require(
              "requireRaplDisabled",
              SnpClaimNames.RAPL_DISABLED,
              "the guest requires RAPL to be off",
              POLICY));

  /** {@code requireCiphertextHiding}: the guest requires ciphertext hiding. */
  public static final PolicyOption REQUIRE_CIPHERTEXT_HIDING =
      TABLE.add(
          PolicyOption.require(
              "requireCiphertextHiding",
              SnpClaimNames.CIPHERTEXT_HIDING,
              "the guest requires ciphertext hiding",
              POLICY));

  /** {@code requirePageSwapDisabled}: pages are neither moved nor swapped. */
  public static final PolicyOption REQUIRE_PAGE_SWAP_DISABLED =
      TABLE.add(
          PolicyOption.require(
              "requirePageSwapDisabled",
              SnpClaimNames.PAGE_SWAP_DISABLED,
              "pages are neither moved nor swapped",
              POLICY));

  /** {@code minimumAbi}: minimum firmware ABI that the guest requires. */
  public static final PolicyOption MINIMUM_ABI =
      TABLE.add(
          PolicyOption.of(
              "minimumAbi",
              SnpClaimNames.ABI,
              SettingType.version(),
              "minimum firmware ABI that the guest requires",
              POLICY,
              PolicyOption.VERSION_AT_LEAST));

  /** {@code allowPlatformSmt}: SMT is on. */
  public static final PolicyOption ALLOW_PLATFORM_SMT =
      TABLE.add(
          PolicyOption.allow(
              "allowPlatformSmt", SnpClaimNames.PLATFORM_SMT, "SMT is on", PLATFORM));

  /** {@code allowPlatformTsme}: TSME is on. */
  public static final PolicyOption ALLOW_PLATFORM_TSME =
      TABLE.add(
          PolicyOption.allow(
              "allowPlatformTsme", SnpClaimNames.PLATFORM_TSME, "TSME is on", PLATFORM));

  /** {@code allowPlatformTio}: trusted I/O is on. */
  public static final PolicyOption ALLOW_PLATFORM_TIO =
      TABLE.add(
          PolicyOption.allow(
              "allowPlatformTio", SnpClaimNames.PLATFORM_TIO, "trusted I/O is on", PLATFORM));

  /** {@code requirePlatformEcc}: memory has ECC. */
  public static final PolicyOption REQUIRE_PLATFORM_ECC =
      TABLE.add(
          PolicyOption.require(
              "requirePlatformEcc", SnpClaimNames.PLATFORM_ECC, "memory has ECC", PLATFORM));

  /** {@code requirePlatformRaplDisabled}: RAPL is off. */
  public static final PolicyOption REQUIRE_PLATFORM_RAPL_DISABLED =
      TABLE.add(
          PolicyOption.require(
              "requirePlatformRaplDisabled",
              SnpClaimNames.PLATFORM_RAPL_DISABLED,
              "RAPL is off",
              PLATFORM));

  /** {@code requirePlatformCiphertextHiding}: ciphertext hiding is on. */
  public static final PolicyOption REQUIRE_PLATFORM_CIPHERTEXT_HIDING =
      TABLE.add(
          PolicyOption.require(
              "requirePlatformCiphertextHiding",
              SnpClaimNames.PLATFORM_CIPHERTEXT_HIDING,
              "ciphertext hiding is on",
              PLATFORM));

  /** {@code requirePlatformAliasCheck}: the platform was checked for memory aliases. */
  public static final PolicyOption REQUIRE_PLATFORM_ALIAS_CHECK =
      TABLE.add(
          PolicyOption.require(
              "requirePlatformAliasCheck",
              SnpClaimNames.PLATFORM_ALIAS_CHECK,
              "the platform was checked for memory aliases",
              PLATFORM));

  /** {@code allowReservedBits}: accept bits that this release does not know. */
  public static final PolicyOption ALLOW_RESERVED_BITS =
      TABLE.add(
          PolicyOption.allow(
              "allowReservedBits",
              SnpClaimNames.RESERVED_BITS,
              "accept bits that this release does not know",
              REPORT));

  /** {@code minimumReportedTcb}: minimum levels of the reported TCB, by product line. */
  public static final PolicyOption MINIMUM_REPORTED_TCB =
      TABLE.add(floors("minimumReportedTcb", SnpClaimNames.REPORTED_TCB));

  /** {@code minimumCurrentTcb}: minimum levels of the current TCB, by product line. */
  public static final PolicyOption MINIMUM_CURRENT_TCB =
      TABLE.add(floors("minimumCurrentTcb", SnpClaimNames.CURRENT_TCB));

  /** {@code minimumCommittedTcb}: minimum levels of the committed TCB, by product line. */
  public static final PolicyOption MINIMUM_COMMITTED_TCB =
      TABLE.add(floors("minimumCommittedTcb", SnpClaimNames.COMMITTED_TCB));

  /** {@code minimumLaunchTcb}: minimum levels of the launch TCB, by product line. */
  public static final PolicyOption MINIMUM_LAUNCH_TCB =
      TABLE.add(floors("minimumLaunchTcb", SnpClaimNames.LAUNCH_TCB));

  /**
   * {@code allowProvisionalFirmware}: accept firmware from which the platform can still roll back.
   */
  public static final PolicyOption ALLOW_PROVISIONAL_FIRMWARE =
      TABLE.add(
          new PolicyOption(
              "allowProvisionalFirmware",
              "policy.committed",
              SettingType.flag(),
              "accept firmware from which the platform can still roll back",
              REPORT,
              SnpRules::committed));

  /** {@code minimumVersion}: minimum firmware API version in use. */
  public static final PolicyOption MINIMUM_VERSION =
      TABLE.add(
          PolicyOption.of(
              "minimumVersion",
              SnpClaimNames.CURRENT_VERSION,
              SettingType.version(),
              "minimum firmware API version in use",
              REPORT,
              PolicyOption.VERSION_AT_LEAST));

  /** {@code minimumBuild}: minimum firmware build in use. */
  public static final PolicyOption MINIMUM_BUILD =
      TABLE.add(
          PolicyOption.atLeast(
              "minimumBuild",
              SnpClaimNames.BUILD,
              MAX_LEVEL,
              "minimum firmware build in use",
              REPORT));

  /** {@code minimumGuestSvn}: minimum security version of the guest. */
  public static final PolicyOption MINIMUM_GUEST_SVN =
      TABLE.add(
          PolicyOption.atLeast(
              "minimumGuestSvn",
              SnpClaimNames.GUEST_SVN,
              MAX_U32,
              "minimum security version of the guest",
              REPORT));

  /** {@code hostData}: accepted values that the host supplied at launch. */
  public static final PolicyOption HOST_DATA =
      TABLE.add(
          hex(
              "hostData",
              SnpClaimNames.HOST_DATA,
              32,
              "accepted values that the host supplied at launch"));

  /** {@code reportData}: accepted values that the guest supplied. */
  public static final PolicyOption REPORT_DATA =
      TABLE.add(
          hex(
              "reportData",
              SnpClaimNames.REPORT_DATA,
              64,
              "accepted values that the guest supplied"));

  /** {@code familyIds}: accepted families of the guest image. */
  public static final PolicyOption FAMILY_IDS =
      TABLE.add(
          hex("familyIds", SnpClaimNames.FAMILY_ID, 16, "accepted families of the guest image"));

  /** {@code imageIds}: accepted guest images. */
  public static final PolicyOption IMAGE_IDS =
      TABLE.add(hex("imageIds", SnpClaimNames.IMAGE_ID, 16, "accepted guest images"));

  /** {@code reportIds}: accepted guest instances. */
  public static final PolicyOption REPORT_IDS =
      TABLE.add(hex("reportIds", SnpClaimNames.REPORT_ID, 32, "accepted guest instances"));

  /** {@code reportIdMas}: accepted migration agents. */
  public static final PolicyOption REPORT_ID_MAS =
      TABLE.add(hex("reportIdMas", SnpClaimNames.REPORT_ID_MA, 32, "accepted migration agents"));

  /**
   * {@code idKeyDigests}: ID keys, one of which must have signed the ID block unless an accepted
   * author key vouches for it.
   */
  public static final PolicyOption ID_KEY_DIGESTS =
      TABLE.add(
          PolicyOption.of(
              "idKeyDigests",
              SnpClaimNames.ID_KEY_DIGEST,
              SettingType.hex(48),
              "ID keys, one of which must have signed the ID block unless an accepted author key"
                  + " vouches for it",
              ID_BLOCK,
              SnpRules::idKey));

  /**
   * {@code authorKeyDigests}: author keys, one of which must vouch for the ID key unless the ID key
   * is accepted.
   */
  public static final PolicyOption AUTHOR_KEY_DIGESTS =
      TABLE.add(
          PolicyOption.of(
              "authorKeyDigests",
              SnpClaimNames.AUTHOR_KEY_DIGEST,
              SettingType.hex(48),
              "author keys, one of which must vouch for the ID key unless the ID key is accepted",
              ID_BLOCK,
              SnpRules::idKey));

  /** {@code requireIdBlock}: a guest with an ID block of an accepted key. */
  public static final PolicyOption REQUIRE_ID_BLOCK =
      TABLE.add(
          new PolicyOption(
              "requireIdBlock",
              "policy.id-block",
              SettingType.flag(),
              "a guest with an ID block of an accepted key",
              ID_BLOCK,
              SnpRules::idBlock));

  /** {@code requireAuthorKey}: an ID block that an accepted author key vouches for. */
  public static final PolicyOption REQUIRE_AUTHOR_KEY =
      TABLE.add(
          PolicyOption.of(
              "requireAuthorKey",
              SnpClaimNames.AUTHOR_KEY,
              SettingType.flag(),
              "an ID block that an accepted author key vouches for",
              ID_BLOCK,
              SnpRules::authorKey));

  /** {@code requiredLaunchMitigations}: mitigations active at launch. */
  public static final PolicyOption REQUIRED_LAUNCH_MITIGATIONS =
      TABLE.add(
          bits(
              "requiredLaunchMitigations",
              SnpClaimNames.LAUNCH_MITIGATIONS,
              "mitigations active at launch"));

  /** {@code requiredMitigations}: active mitigations. */
  public static final PolicyOption REQUIRED_MITIGATIONS =
      TABLE.add(
          bits("requiredMitigations", SnpClaimNames.CURRENT_MITIGATIONS, "active mitigations"));

  /** Every option, in the order of its checks. */
  public static final List<PolicyOption> ALL = TABLE.all();

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
        PolicyOption.floors(SnpClaimNames.PRODUCT));
  }

  private static <T> SettingType names(T[] values, Function<T, String> name) {
    return SettingType.oneOf(Arrays.stream(values).map(name).toList());
  }
}
