// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.List;
import java.util.Optional;

/**
 * What a token is made of and where it carries its binding (docs/protocol/bindings.md#forms). The
 * form is stated in {@code _cc_form}, never guessed. The forms of this project are constants; the
 * forms of another family are registered once. A name that nobody registered is unknown, and
 * evidence that states it is refused.
 */
public final class EvidenceForm implements Comparable<EvidenceForm> {
  private static final WireNames<EvidenceForm> REGISTERED = new WireNames<>();
  private static final int SHA256 = 32;
  private static final int SHA512 = 64;

  /** The attestation report of AMD SEV-SNP, 1184 bytes in base64. */
  public static final EvidenceForm SNP_REPORT = register("snp-report", Namespace.SNP, SHA512, 10);

  /** A quote of Intel TDX, in base64. */
  public static final EvidenceForm TDX_QUOTE = register("tdx-quote", Namespace.TDX, SHA512, 20);

  /** A token of Intel Trust Authority. */
  public static final EvidenceForm ITA_JWT = register("ita-jwt", Namespace.TDX, SHA256, 30);

  /** Measurements of NVIDIA GPUs. */
  public static final EvidenceForm NV_EVIDENCE =
      register("nv-evidence", Namespace.NVIDIA_GPU, SHA256, 40);

  /** A token of NVIDIA's remote attestation service. */
  public static final EvidenceForm NRAS_EAT =
      register("nras-eat", Namespace.NVIDIA_GPU, SHA256, 50);

  /** The report of an Azure confidential container. */
  public static final EvidenceForm ACI_RAW = register("aci-raw", Namespace.AZURE_ACI, SHA256, 60);

  /** A token of Microsoft Azure Attestation for a confidential container. */
  public static final EvidenceForm MAA_JWT = register("maa-jwt", Namespace.AZURE_ACI, SHA256, 70);

  /** A token of Microsoft Azure Attestation for a confidential virtual machine. */
  public static final EvidenceForm MAA_CVM_JWT =
      register("maa-cvm-jwt", Namespace.AZURE_CVM, SHA256, 80);

  /** A TPM quote of an Azure confidential virtual machine. */
  public static final EvidenceForm CVM_TPM = register("cvm-tpm", Namespace.AZURE_CVM, SHA256, 90);

  private final String text;
  private final Namespace namespace;
  private final int hashBytes;
  private final int rank;

  private EvidenceForm(String text, Namespace namespace, int hashBytes, int rank) {
    this.text = text;
    this.namespace = namespace;
    this.hashBytes = hashBytes;
    this.rank = rank;
  }

  /**
   * Registers a form, once in the life of a program.
   *
   * @param text the name on the wire, for example {@code snp-report}
   * @param namespace the family this form belongs to
   * @param hashBytes how long the carried hash of the transcript is: 64 for SHA-512, 32 for SHA-256
   * @param rank its place in the order of forms; the name decides between equal ranks
   * @return the form
   * @throws IllegalArgumentException if the name is registered already, or for another hash
   */
  public static EvidenceForm register(String text, Namespace namespace, int hashBytes, int rank) {
    if (hashBytes != SHA256 && hashBytes != SHA512) {
      throw new IllegalArgumentException(
          "The hash of a transcript has 32 or 64 bytes, was " + hashBytes + ".");
    }
    return REGISTERED.register(text, new EvidenceForm(text, namespace, hashBytes, rank));
  }

  /**
   * Returns every registered form.
   *
   * @return in their order
   */
  public static List<EvidenceForm> all() {
    return REGISTERED.all();
  }

  /**
   * Finds a form by its name on the wire.
   *
   * @param text compared exactly
   * @return the form, or empty for an unknown name
   */
  public static Optional<EvidenceForm> of(String text) {
    return REGISTERED.find(text);
  }

  /**
   * Returns what NVFlare's own authorizer of a family presents: the form of an entry that states
   * none.
   *
   * @param namespace the family
   * @return its form, or empty where the family has registered none of that name
   */
  public static Optional<EvidenceForm> ofPeer(Namespace namespace) {
    return of(namespace.peerForm()).filter(form -> form.namespace.equals(namespace));
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

  @Override
  public int compareTo(EvidenceForm other) {
    int byRank = Integer.compare(rank, other.rank);
    return byRank != 0 ? byRank : text.compareTo(other.text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EvidenceForm that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
