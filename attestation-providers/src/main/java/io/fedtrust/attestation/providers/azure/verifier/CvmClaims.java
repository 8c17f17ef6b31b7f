// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import io.fedtrust.attestation.model.ClaimValue.Flag;
import io.fedtrust.attestation.model.ClaimValue.Octets;
import io.fedtrust.attestation.model.ClaimValue.Text;
import io.fedtrust.attestation.model.ClaimValue.Texts;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.format.AzureClaimNames;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.format.HclReport;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.azure.format.TpmQuote;
import io.fedtrust.attestation.providers.eventlog.EventLog;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.verifier.SnpClaims;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.providers.tdx.format.TrailingBytes;
import io.fedtrust.attestation.providers.tdx.verifier.TdxClaims;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What a confidential VM says without any service, under the names that policies use. */
public final class CvmClaims {
  private CvmClaims() {}

  /**
   * Names what is presented, without verifying anything.
   *
   * @param presented by a confidential VM
   * @param line product line where a report of SEV-SNP names none
   * @return the claims
   * @throws MalformedEvidenceException if a part of it is malformed
   */
  public static Claims unverified(CvmEvidence presented, ProductLine line)
      throws MalformedEvidenceException {
    HclReport hcl = HclReport.parse(presented.hcl());
    Claims hardware =
        hcl.tee() == HclReport.Tee.SNP
            ? SnpClaims.unverified(SnpReport.parse(hcl.hardwareReport()), line)
            : presented.hardwareQuote().isPresent()
                ? TdxClaims.unverified(
                    TdxQuote.parse(presented.hardwareQuote().get(), TrailingBytes.IGNORED))
                : Claims.of(EvidenceForm.TDX_QUOTE, "", hcl.reportData()).build();
    Optional<TpmQuote> quote =
        presented.quote().isPresent()
            ? Optional.of(TpmQuote.parse(presented.quote().get().attest()))
            : Optional.empty();
    return of(hardware, hcl, quote, presented.quote(), Optional.empty());
  }

  static Claims of(
      Claims hardware,
      HclReport hcl,
      Optional<TpmQuote> quote,
      Optional<CvmEvidence.Quote> presented,
      Optional<EventLog> log)
      throws MalformedEvidenceException {
    byte[] boundData =
        quote
            .map(TpmQuote::extraData)
            .filter(data -> data.length == RuntimeData.HASH_BYTES)
            .orElseGet(() -> new byte[0]);
    Claims.Builder claims =
        Claims.of(EvidenceForm.CVM_TPM, hardware.measurement(), boundData)
            .put(AzureClaimNames.TEE, new Text(hcl.tee().toString()))
            .put(
                AzureClaimNames.LAUNCH_MEASUREMENT,
                Optional.of(hardware.measurement())
                    .filter(text -> !text.isEmpty())
                    .map(Octets::new))
            .put(AzureClaimNames.SECURE_BOOT, hcl.secureBoot().map(Flag::new))
            .put(AzureClaimNames.VM_ID, hcl.vmId().map(Text::new));
    if (quote.isPresent() && presented.isPresent()) {
      claims
          .signedContent(presented.get().attest())
          .nonce(quote.get().extraData())
          .put(AzureClaimNames.PCRS, new Texts(texts(quote.get(), presented.get().pcrs())))
          .put(AzureClaimNames.EVENT_LOG, log.map(found -> new Flag(true)))
          .put(AzureClaimNames.PCR_EVENTS, log.map(found -> new Texts(events(quote.get(), found))));
    }
    Hardware.say(hardware, claims);
    return claims.build();
  }

  /** Only the quoted registers: the others in the log are not signed. */
  private static List<String> events(TpmQuote quote, EventLog log) {
    List<String> texts = new ArrayList<>();
    for (int register : quote.selection()) {
      log.events(register)
          .forEach(event -> texts.add(register + "=" + event.type() + ":" + event.digest()));
    }
    return texts;
  }

  private static List<String> texts(TpmQuote quote, byte[] values) {
    List<String> texts = new ArrayList<>();
    quote
        .registers(values)
        .forEach((index, value) -> texts.add(index + "=" + HexFormat.of().formatHex(value)));
    return texts;
  }
}
