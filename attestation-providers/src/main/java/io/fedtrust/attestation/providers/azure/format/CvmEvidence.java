// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.format;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.codec.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The evidence of an Azure confidential VM without any service (form {@code cvm-tpm};
 * docs/protocol/bindings.md#token-bytes): JSON with {@code hcl}, {@code tpmsAttest}, {@code
 * tpmtSignature}, {@code pcrs} and, on Intel's processors, {@code hwQuote}, each in base64. An HCL
 * report alone is of this form too, and is never trusted.
 *
 * @param hcl the paravisor's report
 * @param quote of the TPM; empty where the report comes alone
 * @param hardwareQuote of Intel's quoting enclave over the same JSON
 */
public record CvmEvidence(byte[] hcl, Optional<Quote> quote, Optional<byte[]> hardwareQuote) {
  private static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "cvm.format", ReasonCode.EVIDENCE_MALFORMED, "docs/protocol/bindings.md#token-bytes");
  private static final Set<String> MEMBERS =
      Set.of("hcl", "hwQuote", "tpmsAttest", "tpmtSignature", "pcrs");

  /**
   * The data that the TPM created.
   *
   * @param attest TPMS_ATTEST
   * @param signature TPMT_SIGNATURE
   * @param pcrs values of the quoted registers, 32 bytes each, lowest index first
   */
  public record Quote(byte[] attest, byte[] signature, byte[] pcrs) {
    /**
     * Copies what it gets.
     *
     * @param attest TPMS_ATTEST
     * @param signature TPMT_SIGNATURE
     * @param pcrs values of the quoted registers, 32 bytes each, lowest index first
     */
    public Quote {
      attest = attest.clone();
      signature = signature.clone();
      pcrs = pcrs.clone();
    }

    /** {@return TPMS_ATTEST, as a copy} */
    @Override
    public byte[] attest() {
      return attest.clone();
    }

    /** {@return TPMT_SIGNATURE, as a copy} */
    @Override
    public byte[] signature() {
      return signature.clone();
    }

    /** {@return the values of the quoted registers, as a copy} */
    @Override
    public byte[] pcrs() {
      return pcrs.clone();
    }

    @Override
    public String toString() {
      return "TPM quote of "
          + Digests.summary(attest)
          + "; signature of "
          + signature.length
          + " bytes; registers of "
          + pcrs.length
          + " bytes";
    }
  }

  /**
   * Copies what it gets.
   *
   * @param hcl the paravisor's report
   * @param quote of the TPM; empty where the report comes alone
   * @param hardwareQuote of Intel's quoting enclave over the same JSON
   */
  public CvmEvidence {
    hcl = hcl.clone();
  }

  /** {@return the paravisor's report, as a copy} */
  @Override
  public byte[] hcl() {
    return hcl.clone();
  }

  /**
   * Reads what is presented. Nothing is verified.
   *
   * @param token JSON
   * @return its parts
   * @throws MalformedEvidenceException if it is of another shape
   */
  public static CvmEvidence parse(String token) throws MalformedEvidenceException {
    JsonObject json =
        JsonObject.read(KIND, token.getBytes(StandardCharsets.UTF_8), CCToken.MAX_TOKEN_CHARACTERS);
    if (!MEMBERS.containsAll(json.names())) {
      throw KIND.refused("nothing but " + MEMBERS.stream().sorted().toList(), json.names());
    }
    boolean quoted = json.has("tpmsAttest") || json.has("tpmtSignature") || json.has("pcrs");
    return new CvmEvidence(
        json.base64("hcl"),
        quoted
            ? Optional.of(
                new Quote(
                    json.base64("tpmsAttest"), json.base64("tpmtSignature"), json.base64("pcrs")))
            : Optional.empty(),
        json.has("hwQuote") ? Optional.of(json.base64("hwQuote")) : Optional.empty());
  }

  /**
   * Wraps it.
   *
   * @return evidence without attachments
   */
  public Evidence evidence() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("hcl", base64(hcl));
    hardwareQuote.ifPresent(bytes -> members.put("hwQuote", base64(bytes)));
    quote.ifPresent(
        made -> {
          members.put("tpmsAttest", base64(made.attest()));
          members.put("tpmtSignature", base64(made.signature()));
          members.put("pcrs", base64(made.pcrs()));
        });
    return Evidence.of(EvidenceForm.CVM_TPM, StrictJson.writeLine(members));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * Returns what the hardware signed as evidence of its own, for example to fetch what its vendor
   * publishes for it.
   *
   * @return the report of SEV-SNP, or the quote of TDX; empty where a quote should be and is not
   * @throws MalformedEvidenceException if the paravisor's report is none
   */
  public Optional<Evidence> hardware() throws MalformedEvidenceException {
    HclReport report = HclReport.parse(hcl);
    return report.tee() == HclReport.Tee.SNP
        ? Optional.of(Evidence.of(EvidenceForm.SNP_REPORT, base64(report.hardwareReport())))
        : hardwareQuote.map(bytes -> Evidence.of(EvidenceForm.TDX_QUOTE, base64(bytes)));
  }

  /**
   * Returns what the hardware signed as evidence of its own, with the certificates that came along:
   * a client of its vendor's service can fetch for it.
   *
   * @param presented evidence of form {@code cvm-tpm}
   * @return the report or the quote, or what is presented as it is if there is none in it
   */
  public static Evidence hardwareIn(Evidence presented) {
    try {
      Optional<Evidence> hardware = parse(presented.token()).hardware();
      return hardware.isPresent()
          ? EvidenceAttachments.withEventLog(presented).certify(hardware.get())
          : presented;
    } catch (MalformedEvidenceException e) {
      return presented;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CvmEvidence that && evidence().equals(that.evidence());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(hcl);
  }

  @Override
  public String toString() {
    return "confidential VM: HCL report of "
        + Digests.summary(hcl)
        + (quote.isPresent() ? ", with a TPM quote" : ", without a TPM quote");
  }
}
