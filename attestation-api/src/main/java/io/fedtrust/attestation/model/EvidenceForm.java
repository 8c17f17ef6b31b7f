// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a token is made of and where it carries its binding (docs/protocol/bindings.md#forms). The
 * form is stated in {@code _cc_form}, never guessed.
 */
public enum EvidenceForm {
  /** The attestation report of AMD SEV-SNP, 1184 bytes in base64. */
  SNP_REPORT("snp-report", Namespace.SNP, 64),
  /** A quote of Intel TDX, in base64. */
  TDX_QUOTE("tdx-quote", Namespace.TDX, 64),
  /** A token of Intel Trust Authority. */
  ITA_JWT("ita-jwt", Namespace.TDX, 32),
  /** Measurements of NVIDIA GPUs. */
  NV_EVIDENCE("nv-evidence", Namespace.NVIDIA_GPU, 32),
  /** A token of NVIDIA's remote attestation service. */
  NRAS_EAT("nras-eat", Namespace.NVIDIA_GPU, 32),
  /** The report of an Azure confidential container. */
  ACI_RAW("aci-raw", Namespace.AZURE_ACI, 32),
  /** A token of Microsoft Azure Attestation for a confidential container. */
  MAA_JWT("maa-jwt", Namespace.AZURE_ACI, 32),
  /** A token of Microsoft Azure Attestation for a confidential virtual machine. */
  MAA_CVM_JWT("maa-cvm-jwt", Namespace.AZURE_CVM, 32),
  /** A TPM quote of an Azure confidential virtual machine. */
  CVM_TPM("cvm-tpm", Namespace.AZURE_CVM, 32);

  private final String text;
  private final Namespace namespace;
  private final int hashBytes;

  EvidenceForm(String text, Namespace namespace, int hashBytes) {
    this.text = text;
    this.namespace = namespace;
    this.hashBytes = hashBytes;
  }

  /**
   * Returns the name on the wire.
   *
   * @return for example {@code snp-report}
   */
  public String text() {
    return text;
  }

  /**
   * Returns the family this form belongs to.
   *
   * @return the family
   */
  public Namespace namespace() {
    return namespace;
  }

  /**
   * Returns how long the carried hash of the transcript is.
   *
   * @return 64 for SHA-512, 32 for SHA-256
   */
  public int hashBytes() {
    return hashBytes;
  }

  /**
   * Finds a form by its name on the wire.
   *
   * @param text compared exactly
   * @return the form, or empty for an unknown name
   */
  public static Optional<EvidenceForm> of(String text) {
    return Arrays.stream(values()).filter(form -> form.text.equals(text)).findFirst();
  }

  /**
   * Returns what NVFlare's own authorizer of a family presents: the form of an entry that states
   * none.
   *
   * @param namespace the family
   * @return its form
   */
  public static EvidenceForm ofPeer(Namespace namespace) {
    return switch (namespace) {
      case SNP -> SNP_REPORT;
      case TDX -> ITA_JWT;
      case NVIDIA_GPU -> NRAS_EAT;
      case AZURE_ACI -> MAA_JWT;
      case AZURE_CVM -> MAA_CVM_JWT;
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
