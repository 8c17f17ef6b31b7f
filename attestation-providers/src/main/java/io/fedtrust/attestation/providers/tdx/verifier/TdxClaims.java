// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import io.fedtrust.attestation.model.ClaimValue.Flag;
import io.fedtrust.attestation.model.ClaimValue.Octets;
import io.fedtrust.attestation.model.ClaimValue.Text;
import io.fedtrust.attestation.model.ClaimValue.Texts;
import io.fedtrust.attestation.model.ClaimValue.Whole;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.eventlog.EventLog;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.providers.tdx.format.EnclaveTcbLevel;
import io.fedtrust.attestation.providers.tdx.format.PckCertificate;
import io.fedtrust.attestation.providers.tdx.format.QeIdentity;
import io.fedtrust.attestation.providers.tdx.format.TcbInfo;
import io.fedtrust.attestation.providers.tdx.format.TcbLevel;
import io.fedtrust.attestation.providers.tdx.format.TdAttributes;
import io.fedtrust.attestation.providers.tdx.format.TdxClaimNames;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.providers.tdx.format.TeeTcbSvn;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The claims of a quote and of its platform's TCB status, under the names that policies use. */
public final class TdxClaims {
  private final TdxQuote quote;
  private final PckCertificate pck;
  private final Instant at;

  TdxClaims(TdxQuote quote, PckCertificate pck, Instant at) {
    this.quote = quote;
    this.pck = pck;
    this.at = at;
  }

  /**
   * Names what a quote says by itself, without verifying anything.
   *
   * @param quote whether genuine or not
   * @return the claims
   */
  public static Claims unverified(TdxQuote quote) {
    Claims.Builder claims = start(quote);
    report(claims, quote);
    return claims.build();
  }

  private static Claims.Builder start(TdxQuote quote) {
    byte[] reportData = quote.bytes(TdxField.REPORTDATA);
    return Claims.of(
            EvidenceForm.TDX_QUOTE,
            HexFormat.of().formatHex(quote.bytes(TdxField.MRTD)),
            reportData)
        .signedContent(quote.signed())
        .nonce(reportData);
  }

  Claims of(
      Optional<TcbInfo> info,
      Optional<QeIdentity> identity,
      Optional<TcbEvaluation> evaluation,
      Optional<EventLog> log) {
    Claims.Builder claims = start(quote);
    report(claims, quote);
    platform(claims);
    evaluation.ifPresent(result -> evaluation(claims, result));
    if (info.isPresent() && identity.isPresent()) {
      claims.put(
          TdxClaimNames.TCB_EVALUATION_DATA_NUMBER,
          new Whole(
              Math.min(info.get().evaluationDataNumber(), identity.get().evaluationDataNumber())));
      claims.put(
          TdxClaimNames.COLLATERAL_AGE_DAYS,
          new Whole(
              Stream.of(info.get().issueDate(), identity.get().issueDate())
                  .mapToLong(this::days)
                  .max()
                  .orElseThrow()));
    }
    if (info.isPresent() && identity.isPresent()) {
      claims.put(TdxClaimNames.NAMED_ADVISORY_IDS, new Texts(named(info.get(), identity.get())));
    }
    claims.put(TdxClaimNames.EVENT_LOG, new Flag(log.isPresent()));
    log.ifPresent(events -> events(claims, events));
    return claims.build();
  }

  private static void report(Claims.Builder claims, TdxQuote quote) {
    claims.put(TdxClaimNames.VERSION, new Whole(quote.version()));
    claims.put(TdxClaimNames.TD_REPORT, new Text(quote.reportType().name()));
    for (TdxField field : TdxField.values()) {
      claims.put(name(field), quote.find(field).map(Octets::of));
    }
    TdAttributes attributes = quote.tdAttributes();
    attributes.claim(claims);
    claims.put(
        TdxClaimNames.RESERVED_BITS,
        new Flag(
            attributes.hasReservedBits()
                || quote.xfam().hasReservedBits()
                || quote.teeTcbSvn().hasReservedComponents()
                || quote.teeTcbSvn2().filter(TeeTcbSvn::hasReservedComponents).isPresent()));
    claims.put(TdxClaimNames.QE_SVN, new Whole(quote.qeReport().isvSvn()));
    claims.put(TdxClaimNames.QE_ID, Octets.of(quote.userData()));
  }

  /** As in documents of Intel, with hyphens. */
  private static String name(TdxField field) {
    return switch (field) {
      case TEE_TCB_SVN -> TdxClaimNames.TEE_TCB_SVN;
      case TEE_TCB_SVN_2 -> TdxClaimNames.TEE_TCB_SVN_2;
      case MRSEAM -> TdxClaimNames.MRSEAM;
      case MRSIGNERSEAM -> TdxClaimNames.MRSIGNERSEAM;
      case SEAMATTRIBUTES -> TdxClaimNames.SEAM_ATTRIBUTES;
      case TDATTRIBUTES -> TdxClaimNames.TD_ATTRIBUTES;
      case XFAM -> TdxClaimNames.XFAM;
      case MRTD -> TdxClaimNames.MRTD;
      case MRCONFIGID -> TdxClaimNames.MRCONFIGID;
      case MROWNER -> TdxClaimNames.MROWNER;
      case MROWNERCONFIG -> TdxClaimNames.MROWNERCONFIG;
      case RTMR0 -> TdxClaimNames.RTMR0;
      case RTMR1 -> TdxClaimNames.RTMR1;
      case RTMR2 -> TdxClaimNames.RTMR2;
      case RTMR3 -> TdxClaimNames.RTMR3;
      case REPORTDATA -> TdxClaimNames.REPORT_DATA;
      case MRSERVICETD -> TdxClaimNames.MRSERVICETD;
    };
  }

  private void platform(Claims.Builder claims) {
    claims.put(TdxClaimNames.FMSPC, new Octets(pck.fmspc()));
    claims.put(TdxClaimNames.PCE_ID, new Octets(pck.pceId()));
    claims.put(TdxClaimNames.PCE_SVN, new Whole(pck.pceSvn()));
    claims.put(TdxClaimNames.PPID, new Octets(pck.ppid()));
    claims.put(TdxClaimNames.CPU_SVN, new Octets(pck.cpuSvn()));
    claims.put(TdxClaimNames.SGX_TYPE, new Whole(pck.sgxType()));
    claims.put(TdxClaimNames.PCK_ISSUER, new Text(pck.issuer().path()));
    claims.put(TdxClaimNames.PLATFORM_INSTANCE_ID, pck.platformInstanceId().map(Octets::new));
    pck.configuration()
        .ifPresent(
            configuration -> {
              claims.put(
                  TdxClaimNames.DYNAMIC_PLATFORM, new Flag(configuration.isDynamicPlatform()));
              claims.put(TdxClaimNames.CACHED_KEYS, new Flag(configuration.hasCachedKeys()));
              claims.put(TdxClaimNames.SMT, new Flag(configuration.isSmtEnabled()));
            });
  }

  private void evaluation(Claims.Builder claims, TcbEvaluation result) {
    claims.put(TdxClaimNames.TCB_STATUS, new Text(result.status().text()));
    claims.put(TdxClaimNames.PLATFORM_STATUS, new Text(result.platform().text()));
    claims.put(TdxClaimNames.MODULE_STATUS, new Text(result.module().text()));
    claims.put(TdxClaimNames.QE_STATUS, new Text(result.enclave().text()));
    claims.put(TdxClaimNames.TCB_DATE, new Text(result.tcbDate().toString()));
    claims.put(TdxClaimNames.TCB_AGE_DAYS, new Whole(days(result.tcbDate())));
    claims.put(TdxClaimNames.ADVISORY_IDS, new Texts(result.advisoryIds()));
  }

  /** Every advisory that Intel's documents name at any level: a policy's list may misspell one. */
  private static List<String> named(TcbInfo info, QeIdentity identity) {
    return Stream.of(
            info.levels().stream().map(TcbLevel::advisoryIds),
            info.modules().stream()
                .flatMap(module -> module.levels().stream())
                .map(EnclaveTcbLevel::advisoryIds),
            identity.levels().stream().map(EnclaveTcbLevel::advisoryIds))
        .flatMap(levels -> levels)
        .flatMap(List::stream)
        .distinct()
        .sorted()
        .toList();
  }

  /** Whole days that have passed; none for a date that is still to come. */
  private long days(Instant since) {
    return Math.max(0, Duration.between(since, at).toDays());
  }

  private static void events(Claims.Builder claims, EventLog log) {
    for (int i = 0; i < RegisterBank.RTMR.registers(); i++) {
      claims.put(
          TdxClaimNames.events(i),
          new Texts(log.events(i).stream().map(EventLog.Event::toString).toList()));
    }
  }
}
