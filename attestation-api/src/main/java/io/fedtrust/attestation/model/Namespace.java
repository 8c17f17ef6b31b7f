// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.List;
import java.util.Optional;

/**
 * A family of evidence, by the name that NVFlare carries in {@code _cc_namespace}. The families of
 * this project are constants; another one registers itself once. A name that nobody registered is
 * unknown, and evidence that states it is refused.
 */
public final class Namespace implements Comparable<Namespace> {
  private static final WireNames<Namespace> REGISTERED = new WireNames<>();

  /** AMD SEV-SNP. */
  public static final Namespace SNP = register("x-snp", Attests.PROCESS, "snp-report", 10);

  /** Intel TDX. */
  public static final Namespace TDX = register("x-tdx", Attests.PROCESS, "ita-jwt", 20);

  /** Azure confidential containers. */
  public static final Namespace AZURE_ACI = register("x-az-aci", Attests.PROCESS, "maa-jwt", 30);

  /** Azure confidential virtual machines. */
  public static final Namespace AZURE_CVM =
      register("x-az-cvm", Attests.PROCESS, "maa-cvm-jwt", 40);

  /** NVIDIA GPU. */
  public static final Namespace NVIDIA_GPU = register("x-nv-gpu", Attests.DEVICE, "nras-eat", 50);

  private final String text;
  private final Attests subject;
  private final String peerForm;
  private final int rank;

  private Namespace(String text, Attests subject, String peerForm, int rank) {
    this.text = text;
    this.subject = subject;
    this.peerForm = peerForm;
    this.rank = rank;
  }

  /** What the evidence of a family is about. */
  public enum Attests {
    /** The machine in which the process itself runs: a CPU family. */
    PROCESS,
    /** A device next to the CPU, which is never sufficient alone. */
    DEVICE
  }

  /**
   * Registers a family, once in the life of a program.
   *
   * @param text the name on the wire, for example {@code x-snp}
   * @param subject what its evidence is about
   * @param peerForm the form of an entry that states none
   * @param rank its place in the order of families; the name decides between equal ranks
   * @return the family
   * @throws IllegalArgumentException if the name is registered already
   */
  public static Namespace register(String text, Attests subject, String peerForm, int rank) {
    return REGISTERED.register(text, new Namespace(text, subject, peerForm, rank));
  }

  /**
   * Returns every registered family.
   *
   * @return in their order
   */
  public static List<Namespace> all() {
    return REGISTERED.all();
  }

  /**
   * Finds a family by its name on the wire.
   *
   * @param text compared exactly
   * @return the family, or empty for an unknown name
   */
  public static Optional<Namespace> of(String text) {
    return REGISTERED.find(text);
  }

  /**
   * Returns the name on the wire.
   *
   * @return for example {@code x-snp}
   */
  public String text() {
    return text;
  }

  /**
   * Tells whether this family attests the process itself rather than a device beside it
   * (docs/protocol/exchange.md#entries).
   *
   * @return true for a CPU namespace
   */
  public boolean cpu() {
    return subject == Attests.PROCESS;
  }

  /** Returns the name of the form of an entry that states none. */
  String peerForm() {
    return peerForm;
  }

  @Override
  public int compareTo(Namespace other) {
    int byRank = Integer.compare(rank, other.rank);
    return byRank != 0 ? byRank : text.compareTo(other.text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Namespace that && text.equals(that.text);
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
