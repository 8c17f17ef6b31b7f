// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import io.fedtrust.attestation.model.ClaimValue.Octets;
import io.fedtrust.attestation.model.ClaimValue.Text;
import io.fedtrust.attestation.model.ClaimValue.Whole;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.format.AzureClaimNames;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.azure.format.UvmEndorsement;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.verifier.SnpClaims;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/** What a container group's bundle says, under the names that policies use. */
public final class AciClaims {
  private AciClaims() {}

  /**
   * Names what a bundle says, without verifying anything.
   *
   * @param bundle of a container group
   * @param line product line where the report names none
   * @return the claims
   * @throws MalformedEvidenceException if the report or the endorsement is none
   */
  public static Claims unverified(AciEvidence bundle, ProductLine line)
      throws MalformedEvidenceException {
    SnpReport report = SnpReport.parse(Base64.getDecoder().decode(bundle.report().token()));
    return of(
        report,
        SnpClaims.unverified(report, line),
        UvmEndorsement.parse(bundle.endorsement()).statement(),
        bundle);
  }

  static Claims of(
      SnpReport signed, Claims report, UvmEndorsement.Statement uvm, AciEvidence bundle) {
    Optional<byte[]> hash = bundle.runtimeData().flatMap(RuntimeData::hash);
    // Runtime data without a nonce is the same in every report of a group.
    boolean chosen = hash.isPresent() || bundle.runtimeData().isEmpty();
    Claims.Builder claims =
        Claims.of(EvidenceForm.ACI_RAW, report.measurement(), hash.orElseGet(() -> new byte[0]))
            .signedContent(signed.signed())
            .nonce(chosen ? signed.bytes(SnpField.REPORT_DATA) : new byte[0])
            .put(AzureClaimNames.LAUNCH_MEASUREMENT, new Octets(report.measurement()))
            .put(AzureClaimNames.UVM_ISSUER, new Text(uvm.issuer()))
            .put(AzureClaimNames.UVM_FEED, new Text(uvm.feed()))
            .put(AzureClaimNames.UVM_SVN, new Whole(uvm.svn()))
            .put(
                AzureClaimNames.UVM_SIGNED_AT,
                uvm.signedAt().map(Instant::toString).map(Text::new));
    Hardware.say(report, claims);
    return claims.build();
  }
}
