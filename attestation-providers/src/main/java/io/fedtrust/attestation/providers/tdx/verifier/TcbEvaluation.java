// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.tdx.format.EnclaveTcbLevel;
import io.fedtrust.attestation.providers.tdx.format.PckCertificate;
import io.fedtrust.attestation.providers.tdx.format.QeIdentity;
import io.fedtrust.attestation.providers.tdx.format.TcbInfo;
import io.fedtrust.attestation.providers.tdx.format.TcbLevel;
import io.fedtrust.attestation.providers.tdx.format.TcbStatus;
import io.fedtrust.attestation.providers.tdx.format.TdReportType;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.providers.tdx.format.TdxModule;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.providers.tdx.format.TeeTcbSvn;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The TCB status of a platform, its TDX module and its quoting enclave together, as Intel's Quote
 * Verification Library puts it (docs/attestation-tdx.md#what-is-checked-and-where-it-comes-from).
 *
 * @param status of all three
 * @param platform of the platform without TDX
 * @param module of the TDX module
 * @param enclave of the quoting enclave
 * @param tcbDate the oldest date of the three
 * @param advisoryIds of all three, sorted, each once
 */
record TcbEvaluation(
    TcbStatus status,
    TcbStatus platform,
    TcbStatus module,
    TcbStatus enclave,
    Instant tcbDate,
    List<String> advisoryIds) {
  private static final String SOURCE = "Intel PCS API version 4, TCB Info";
  private static final String QE_SOURCE = "Intel PCS API version 4, TD QE identity";

  /**
   * Evaluates. Checks that can be made are made although others fail.
   *
   * @param recorder takes the checks
   * @return the result, if Intel says anything of all three
   */
  static Optional<TcbEvaluation> of(
      TdxQuote quote,
      PckCertificate pck,
      TcbInfo info,
      QeIdentity identity,
      CheckRecorder recorder) {
    Evaluator evaluator = new Evaluator(quote, pck, info, identity, recorder);
    return evaluator.run();
  }

  /** One evaluation. */
  private record Evaluator(
      TdxQuote quote,
      PckCertificate pck,
      TcbInfo info,
      QeIdentity identity,
      CheckRecorder recorder) {

    private Optional<TcbEvaluation> run() {
      TeeTcbSvn svns = quote.teeTcbSvn();
      Optional<EnclaveTcbLevel> enclave = enclave();
      boolean known = isModuleKnown(svns);
      Optional<TcbLevel> platform =
          info.levels().stream().filter(level -> level.isReachedBy(pck)).findFirst();
      Optional<TcbLevel> level =
          info.levels().stream()
              .filter(some -> some.isReachedBy(pck) && some.isReachedBy(svns))
              .findFirst();
      Optional<EnclaveTcbLevel> module = module(svns, level);
      recorder.add(
          Check.of(
              "tdx.tcb-level",
              ReasonCode.TCB_NOT_SUPPORTED,
              level.isPresent() && module.isPresent(),
              "a TCB level that platform, PCE, TDX and module reach",
              level.isPresent()
                  ? module.map(found -> level.get().tcbDate().toString()).orElse("no module level")
                  : "none",
              SOURCE));
      if (enclave.isEmpty() || !known || level.isEmpty() || module.isEmpty()) {
        return Optional.empty();
      }
      TcbEvaluation result =
          combine(platform.orElseThrow(), level.get(), module.get(), enclave.get());
      recorder.add(
          Check.of(
              "tdx.tcb-status",
              ReasonCode.TCB_REVOKED,
              result.status != TcbStatus.REVOKED,
              "any but " + TcbStatus.REVOKED + "; policy says which",
              result.status,
              SOURCE));
      return Optional.of(result);
    }

    private Optional<EnclaveTcbLevel> enclave() {
      Optional<String> mismatch = identity.mismatch(quote.qeReport());
      recorder.add(
          Check.of(
              "tdx.qe-identity",
              ReasonCode.QE_IDENTITY_MISMATCH,
              mismatch.isEmpty(),
              "the TD quoting enclave of Intel",
              mismatch.orElse("it"),
              QE_SOURCE));
      int svn = quote.qeReport().isvSvn();
      Optional<EnclaveTcbLevel> level = EnclaveTcbLevel.of(identity.levels(), svn);
      recorder.add(
          Check.of(
              "tdx.qe-level",
              ReasonCode.TCB_NOT_SUPPORTED,
              level.isPresent(),
              "a TCB level that the quoting enclave reaches",
              "ISVSVN " + svn,
              QE_SOURCE));
      return mismatch.isEmpty() ? level : Optional.empty();
    }

    private boolean isModuleKnown(TeeTcbSvn svns) {
      boolean known =
          info.module(svns.moduleVersion()).filter(module -> module.isModuleOf(quote)).isPresent();
      recorder.add(
          Check.of(
              "tdx.module",
              ReasonCode.MODULE_MISMATCH,
              known,
              "a TDX module of Intel",
              "version "
                  + svns.moduleVersion()
                  + ", signer "
                  + shortened(TdxField.MRSIGNERSEAM)
                  + ", attributes "
                  + shortened(TdxField.SEAMATTRIBUTES),
              SOURCE));
      return known;
    }

    private String shortened(TdxField field) {
      return HexFormat.of().formatHex(quote.bytes(field), 0, Long.BYTES);
    }

    /** For a module without an identity, only the platform's level counts. */
    private Optional<EnclaveTcbLevel> module(TeeTcbSvn svns, Optional<TcbLevel> level) {
      return svns.moduleVersion() == 0
          ? level.map(
              found -> new EnclaveTcbLevel(0, found.tcbDate(), TcbStatus.UP_TO_DATE, List.of()))
          : info.module(svns.moduleVersion())
              .flatMap(module -> EnclaveTcbLevel.of(module.levels(), svns.moduleSvn()));
    }

    private TcbEvaluation combine(
        TcbLevel platform, TcbLevel level, EnclaveTcbLevel module, EnclaveTcbLevel enclave) {
      TcbStatus ofEnclave = partial(enclave.status());
      TcbStatus ofModule = partial(module.status());
      TcbStatus status = level.status().converge(ofModule);
      if (isRelaunchEnough(platform.status(), status, ofModule, ofEnclave)) {
        status =
            platform.status().isConfigurationNeeded() || status.isConfigurationNeeded()
                ? TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED
                : TcbStatus.TD_RELAUNCH_ADVISED;
      }
      return new TcbEvaluation(
          status.converge(ofEnclave),
          platform.status(),
          ofModule,
          ofEnclave,
          Stream.of(level.tcbDate(), module.tcbDate(), enclave.tcbDate())
              .min(Comparator.naturalOrder())
              .orElseThrow(),
          Stream.of(level.advisoryIds(), module.advisoryIds(), enclave.advisoryIds())
              .flatMap(List::stream)
              .distinct()
              .sorted()
              .toList());
    }

    /** Intel publishes for modules and enclaves only: up to date, revoked, or out of date. */
    private static TcbStatus partial(TcbStatus written) {
      return written == TcbStatus.UP_TO_DATE || written == TcbStatus.REVOKED
          ? written
          : TcbStatus.OUT_OF_DATE;
    }

    /** The platform already runs a current module; the TD was launched under an older one. */
    private boolean isRelaunchEnough(
        TcbStatus platform, TcbStatus status, TcbStatus module, TcbStatus enclave) {
      return quote.reportType() == TdReportType.TD_1_5
          && enclave == TcbStatus.UP_TO_DATE
          && platform.updated() == platform
          && platform != TcbStatus.REVOKED
          && status.updated() != status
          && module == TcbStatus.OUT_OF_DATE
          && quote.teeTcbSvn2().filter(this::isCurrent).isPresent();
    }

    private boolean isCurrent(TeeTcbSvn now) {
      TcbLevel top = info.levels().get(0);
      int leastModule =
          now.moduleVersion() == 0
              ? top.tdxComponents().get(0)
              : info.module(now.moduleVersion())
                  .map(TdxModule::levels)
                  .flatMap(levels -> levels.stream().findFirst())
                  .map(EnclaveTcbLevel::isvSvn)
                  .orElse(Integer.MAX_VALUE);
      return now.svn(2) >= top.tdxComponents().get(2) && now.moduleSvn() >= leastModule;
    }
  }
}
