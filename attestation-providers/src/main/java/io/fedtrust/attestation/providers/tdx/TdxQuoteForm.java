// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.eventlog.EventLogFile;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.family.FetchChoices;
import io.fedtrust.attestation.providers.family.OptionType;
import io.fedtrust.attestation.providers.family.OptionValues;
import io.fedtrust.attestation.providers.family.SupportedForm;
import io.fedtrust.attestation.providers.family.VerifierChoices;
import io.fedtrust.attestation.providers.tdx.collateral.IntelAnchors;
import io.fedtrust.attestation.providers.tdx.collateral.PcsClient;
import io.fedtrust.attestation.providers.tdx.collateral.UpdateChannel;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.providers.tdx.format.TrailingBytes;
import io.fedtrust.attestation.providers.tdx.verifier.TdxClaims;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import io.fedtrust.attestation.providers.wire.EvidenceFiles;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Quotes of TDX. */
public final class TdxQuoteForm implements SupportedForm {
  /** The log that explains the runtime registers. */
  public static final FamilyOption<Path> EVENT_LOG =
      FamilyOption.of(
          "event-log",
          FamilyOption.Use.READ,
          OptionType.PATH,
          "FILE",
          "The event log of a TD, as in /sys/firmware/acpi/tables/data/CCEL.");

  /** Whether Intel's newest TCB information applies at once, when evidence is verified. */
  public static final FamilyOption<Boolean> EARLY =
      FamilyOption.flag(
          "early",
          FamilyOption.Use.VERIFY,
          "Apply new Intel TCB information immediately, without the grace period.");

  /** What is allowed after a quote. */
  public static final FamilyOption<Boolean> IGNORE_TRAILING =
      FamilyOption.flag(
          "ignore-trailing",
          FamilyOption.Use.VERIFY,
          "Ignore bytes after the TDX quote that are not zeros.");

  /** Where Intel's collateral comes from. */
  public static final FamilyOption<URI> PCS =
      FamilyOption.service(
          "pcs",
          "Provisioning service to use instead of Intel's, for example a PCCS.",
          PcsClient.INTEL);

  /** Whether Intel's newest TCB information is fetched. */
  public static final FamilyOption<Boolean> FETCH_EARLY =
      FamilyOption.flag(
          "early",
          FamilyOption.Use.FETCH,
          "Fetch new Intel TCB information immediately, without the grace period.");

  @Override
  public EvidenceForm form() {
    return EvidenceForm.TDX_QUOTE;
  }

  @Override
  public List<FamilyOption<?>> options() {
    return List.of(EVENT_LOG, EARLY, IGNORE_TRAILING, PCS, FETCH_EARLY);
  }

  @Override
  public Evidence attach(Evidence evidence, OptionValues options) {
    return options
        .find(EVENT_LOG)
        .map(file -> EventLogFile.attach(evidence, file, RegisterBank.RTMR))
        .orElse(evidence);
  }

  @Override
  public Claims inspect(Evidence evidence, Instant at, OptionValues options)
      throws MalformedEvidenceException {
    return TdxClaims.unverified(
        TdxQuote.parse(EvidenceFiles.bytes(evidence), TrailingBytes.IGNORED));
  }

  @Override
  public EvidenceVerifier verifier(VerifierChoices choices) {
    OptionValues options = choices.options();
    return TdxVerifier.builder()
        .anchors(choices.anchors(IntelAnchors.ALL))
        .revocation(choices.revocation())
        .channel(channel(options.isSet(EARLY)))
        .trailing(options.isSet(IGNORE_TRAILING) ? TrailingBytes.IGNORED : TrailingBytes.ZERO)
        .build();
  }

  @Override
  public FetchedCollateral fetch(Evidence evidence, FetchChoices choices) {
    return choices
        .apply(PcsClient.builder(), PCS)
        .channel(channel(choices.options().isSet(FETCH_EARLY)))
        .build()
        .fetch(evidence);
  }

  private static UpdateChannel channel(boolean early) {
    return early ? UpdateChannel.EARLY : UpdateChannel.STANDARD;
  }
}
