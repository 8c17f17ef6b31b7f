// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import static io.fedtrust.attestation.providers.Judged.claim;
import static io.fedtrust.attestation.providers.Judged.genuine;
import static io.fedtrust.attestation.providers.Judged.notGenuine;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.PLATFORM;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.tdx.SimulatedTdx.Case;
import io.fedtrust.attestation.providers.tdx.format.TcbStatus;
import io.fedtrust.attestation.providers.tdx.format.TdReportType;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.simulated.SimulatedQuote;
import io.fedtrust.attestation.simulated.SimulatedTcb;
import io.fedtrust.attestation.simulated.SimulatedTdxPlatform;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The TCB status of platforms: every status, levels and their order, and how parts converge. */
class TcbEvaluationTest {
  private static final String SGX = SimulatedTdxPlatform.COMPONENTS;
  private static final int PCE = SimulatedTdxPlatform.PCE_SVN;
  private static final String TDX = SimulatedTdxPlatform.TEE_TCB_SVN;
  private static final String NO_ATTRIBUTES = "0".repeat(16);
  private static final TcbStatus GOOD = TcbStatus.UP_TO_DATE;
  private static final TcbStatus OLD = TcbStatus.OUT_OF_DATE;

  private static SimulatedTcb parts(TcbStatus platform, TcbStatus module, TcbStatus enclave) {
    return SimulatedTcb.empty()
        .level(SGX, PCE, TDX, platform, List.of("INTEL-SA-3", "INTEL-SA-1"))
        .module(1, NO_ATTRIBUTES, SimulatedTcb.moduleLevel(4, module, List.of("INTEL-SA-2")))
        .enclave(6, enclave, List.of("INTEL-SA-1"));
  }

  private static String status(SimulatedTcb tcb, SimulatedQuote quote) {
    EvidenceVerification result = Case.of(PLATFORM, quote, tcb).verify();
    genuine(result);
    return claim(result, "tcb-status");
  }

  private static String status(SimulatedTcb tcb) {
    return status(tcb, PLATFORM.quote());
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = TcbStatus.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"REVOKED", "TD_RELAUNCH_ADVISED", "TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED"})
  @DisplayName("every status that Intel publishes is said as it is")
  void everyStatus(TcbStatus status) {
    EvidenceVerification result = Case.of(parts(status, GOOD, GOOD)).verify();
    genuine(result);
    assertThat(claim(result, "tcb-status")).isEqualTo(status.text());
    assertThat(claim(result, "advisory-ids")).isEqualTo("INTEL-SA-1, INTEL-SA-2, INTEL-SA-3");
    assertThat(claim(result, "tcb-date")).isEqualTo("2026-05-13T00:00:00Z");
    assertThat(claim(result, "tcb-age-days")).isEqualTo("192");
  }

  @Test
  @DisplayName("what is revoked is not authentic: platform, module or enclave")
  void revoked() {
    TcbStatus revoked = TcbStatus.REVOKED;
    for (SimulatedTcb tcb :
        List.of(
            parts(revoked, GOOD, GOOD),
            parts(GOOD, revoked, GOOD),
            parts(GOOD, GOOD, revoked),
            parts(OLD, OLD, revoked))) {
      notGenuine(ReasonCode.TCB_REVOKED, "tdx.tcb-status", Case.of(tcb).verify());
    }
  }

  @ParameterizedTest(name = "{0}, part out of date: {1}")
  @CsvSource({
    "UP_TO_DATE, OutOfDate",
    "SW_HARDENING_NEEDED, OutOfDate",
    "CONFIGURATION_NEEDED, OutOfDateConfigurationNeeded",
    "CONFIGURATION_AND_SW_HARDENING_NEEDED, OutOfDateConfigurationNeeded",
    "OUT_OF_DATE, OutOfDate",
    "OUT_OF_DATE_CONFIGURATION_NEEDED, OutOfDateConfigurationNeeded"
  })
  @DisplayName("a module or enclave that is out of date makes the platform so")
  void converge(TcbStatus platform, String expected) {
    assertThat(status(parts(platform, OLD, GOOD))).isEqualTo(expected);
    assertThat(status(parts(platform, GOOD, OLD))).isEqualTo(expected);
    assertThat(status(parts(platform, TcbStatus.SW_HARDENING_NEEDED, GOOD))).isEqualTo(expected);
  }

  @Property(tries = 300)
  @Label("no part makes a platform better than it is, and the same part twice changes nothing")
  void convergenceIsMonotonous(@ForAll TcbStatus platform, @ForAll TcbStatus part) {
    TcbStatus once = platform.converge(part);
    assertThat(once.converge(part)).isEqualTo(once);
    assertThat(once == GOOD)
        .isEqualTo(platform == GOOD && part != OLD && part != TcbStatus.REVOKED);
    assertThat(
            !platform.isConfigurationNeeded()
                || once.isConfigurationNeeded()
                || once == TcbStatus.REVOKED)
        .isTrue();
  }

  @Test
  @DisplayName("levels count by their height, not by where they stand")
  void order() {
    String lower = "06" + SGX.substring(2);
    String higher = "08" + SGX.substring(2);
    SimulatedTcb tcb =
        SimulatedTcb.empty()
            .level(lower, PCE, TDX, OLD, List.of())
            .level(higher, PCE, TDX, GOOD, List.of())
            .level(SGX, PCE, TDX, TcbStatus.CONFIGURATION_NEEDED, List.of())
            .module(
                1,
                NO_ATTRIBUTES,
                SimulatedTcb.moduleLevel(2, OLD, List.of()),
                SimulatedTcb.moduleLevel(4, GOOD, List.of()))
            .enclave(1, OLD, List.of())
            .enclave(6, GOOD, List.of());
    assertThat(status(tcb)).isEqualTo("ConfigurationNeeded");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "08070202030100030000000000000000, 11, 04010700000000000000000000000000",
    "07070202030100030000000000000001, 11, 04010700000000000000000000000000",
    "07070202030100030000000000000000, 12, 04010700000000000000000000000000",
    "07070202030100030000000000000000, 11, 04010800000000000000000000000000",
    "07070202030100030000000000000000, 11, 04010700000000000000000000000001"
  })
  @DisplayName("a level that any component does not reach is not this platform's")
  void notReached(String sgx, int pceSvn, String tdx) {
    notGenuine(
        ReasonCode.TCB_NOT_SUPPORTED,
        "tdx.tcb-level",
        Case.of(
                SimulatedTcb.empty()
                    .level(sgx, pceSvn, tdx, GOOD, List.of())
                    .module(1, NO_ATTRIBUTES, SimulatedTcb.moduleLevel(4, GOOD, List.of()))
                    .enclave(6, GOOD, List.of()))
            .verify());
  }

  @Test
  @DisplayName("components are bytes without sign")
  void unsigned() {
    notGenuine(
        ReasonCode.TCB_NOT_SUPPORTED,
        "tdx.tcb-level",
        Case.of(
                SimulatedTcb.empty()
                    .level("ff" + SGX.substring(2), PCE, TDX, GOOD, List.of())
                    .module(1, NO_ATTRIBUTES, SimulatedTcb.moduleLevel(4, GOOD, List.of()))
                    .enclave(6, GOOD, List.of()))
            .verify());
  }

  @Test
  @DisplayName("of a module with an identity, the level's first two TDX components say nothing")
  void moduleComponents() {
    String other = "ff00" + TDX.substring(4);
    assertThat(
            status(
                SimulatedTcb.empty()
                    .level(SGX, PCE, other, GOOD, List.of())
                    .module(1, NO_ATTRIBUTES, SimulatedTcb.moduleLevel(4, GOOD, List.of()))
                    .enclave(6, GOOD, List.of())))
        .isEqualTo("UpToDate");
    SimulatedQuote old =
        PLATFORM
            .quote()
            .set(TdxField.TEE_TCB_SVN, HexFormat.of().parseHex("0400" + TDX.substring(4)));
    notGenuine(
        ReasonCode.TCB_NOT_SUPPORTED,
        "tdx.tcb-level",
        Case.of(
                PLATFORM,
                old,
                SimulatedTcb.empty()
                    .level(SGX, PCE, "05" + TDX.substring(2), GOOD, List.of())
                    .enclave(6, GOOD, List.of()))
            .verify());
    assertThat(
            status(
                SimulatedTcb.empty()
                    .level(SGX, PCE, "0400" + TDX.substring(4), GOOD, List.of())
                    .enclave(6, GOOD, List.of()),
                old))
        .isEqualTo("UpToDate");
  }

  @Test
  @DisplayName("a module that Intel does not name, or of another signer or attributes, is refused")
  void modules() {
    notGenuine(
        ReasonCode.MODULE_MISMATCH,
        "tdx.module",
        Case.of(
                PLATFORM
                    .quote()
                    .set(TdxField.TEE_TCB_SVN, HexFormat.of().parseHex("0403" + TDX.substring(4))))
            .verify());
    for (TdxField field : List.of(TdxField.MRSIGNERSEAM, TdxField.SEAMATTRIBUTES)) {
      notGenuine(
          ReasonCode.MODULE_MISMATCH,
          "tdx.module",
          Case.of(PLATFORM.quote().set(field, new byte[] {1})).verify());
    }
    notGenuine(
        ReasonCode.TCB_NOT_SUPPORTED,
        "tdx.tcb-level",
        Case.of(
                SimulatedTcb.empty()
                    .level(SGX, PCE, TDX, GOOD, List.of())
                    .module(1, NO_ATTRIBUTES, SimulatedTcb.moduleLevel(5, GOOD, List.of()))
                    .enclave(6, GOOD, List.of()))
            .verify());
  }

  @ParameterizedTest(name = "byte {0}")
  @CsvSource({"16, 1", "48, 4", "50, 1", "128, 1", "256, 3"})
  @DisplayName("an enclave that is not Intel's quoting enclave is refused")
  void enclaves(int offset, byte value) {
    notGenuine(
        ReasonCode.QE_IDENTITY_MISMATCH,
        "tdx.qe-identity",
        Case.of(PLATFORM.quote().enclave(offset, new byte[] {value})).verify());
  }

  @Test
  @DisplayName("what the identity's mask leaves out may differ; a version below all levels may not")
  void enclaveMask() {
    genuine(Case.of(PLATFORM.quote().enclave(56, new byte[] {(byte) 0xFF})).verify());
    genuine(Case.of(PLATFORM.quote().enclaveSvn(60_000)).verify());
    notGenuine(
        ReasonCode.TCB_NOT_SUPPORTED,
        "tdx.qe-level",
        Case.of(PLATFORM.quote().enclaveSvn(5)).verify());
  }

  /** The platform is at its newest, the TD was launched under an older module. */
  private static SimulatedTcb relaunch(TcbStatus platform) {
    return SimulatedTcb.empty()
        .level(SGX, PCE, "05010800000000000000000000000000", platform, List.of())
        .level(SGX, PCE, TDX, OLD, List.of())
        .module(
            1,
            NO_ATTRIBUTES,
            SimulatedTcb.moduleLevel(5, GOOD, List.of()),
            SimulatedTcb.moduleLevel(4, OLD, List.of()))
        .enclave(6, GOOD, List.of());
  }

  private static SimulatedQuote launched(String now) {
    return PLATFORM
        .quote(TdReportType.TD_1_5)
        .set(TdxField.TEE_TCB_SVN_2, HexFormat.of().parseHex(now));
  }

  @Test
  @DisplayName("a TD that only needs to be started again is said to be")
  void relaunchAdvised() {
    String now = "05010800000000000000000000000000";
    assertThat(status(relaunch(GOOD), launched(now))).isEqualTo("TDRelaunchAdvised");
    assertThat(status(relaunch(TcbStatus.SW_HARDENING_NEEDED), launched(now)))
        .isEqualTo("TDRelaunchAdvised");
    assertThat(status(relaunch(TcbStatus.CONFIGURATION_NEEDED), launched(now)))
        .isEqualTo("TDRelaunchAdvisedConfigurationNeeded");
    assertThat(status(relaunch(GOOD), launched("05000800000000000000000000000000")))
        .isEqualTo("TDRelaunchAdvised");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "04010800000000000000000000000000",
    "05010700000000000000000000000000",
    "05020800000000000000000000000000",
    "04000800000000000000000000000000"
  })
  @DisplayName("but not while the platform itself does not run what is current")
  void noRelaunch(String now) {
    assertThat(status(relaunch(GOOD), launched(now))).isEqualTo("OutOfDate");
  }

  @Test
  @DisplayName("nor of older TD reports, of a platform or an enclave that is out of date itself")
  void relaunchOfNewReportsAlone() {
    String now = "05010800000000000000000000000000";
    assertThat(status(relaunch(GOOD), PLATFORM.quote())).isEqualTo("OutOfDate");
    assertThat(status(relaunch(GOOD), PLATFORM.quote(TdReportType.TD_1_0))).isEqualTo("OutOfDate");
    assertThat(status(relaunch(OLD), launched(now))).isEqualTo("OutOfDate");
    assertThat(
            status(
                SimulatedTcb.empty()
                    .level(SGX, PCE, "05010800000000000000000000000000", GOOD, List.of())
                    .level(SGX, PCE, TDX, OLD, List.of())
                    .module(
                        1,
                        NO_ATTRIBUTES,
                        SimulatedTcb.moduleLevel(5, GOOD, List.of()),
                        SimulatedTcb.moduleLevel(4, OLD, List.of()))
                    .enclave(6, OLD, List.of()),
                launched(now)))
        .isEqualTo("OutOfDate");
    assertThat(status(parts(GOOD, OLD, GOOD), launched("04010600000000000000000000000000")))
        .isEqualTo("OutOfDate");
  }
}
