// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.collateral;

import java.util.Locale;

/** The names of collateral items of this family. */
public final class TdxItems {
  /** The service's answer about a kind of platform; its subject is {@link #platforms}. */
  public static final String TCB_INFO = "tdx-tcb-info";

  /** Signer and root of a TCB Info, in PEM; its subject is that of the TCB Info. */
  public static final String TCB_INFO_ISSUER = "tdx-tcb-info-issuer";

  /** The service's answer about the quoting enclave; its subject is {@link #enclave}. */
  public static final String QE_IDENTITY = "tdx-qe-identity";

  /** Signer and root of a QE identity, in PEM; its subject is that of the QE identity. */
  public static final String QE_IDENTITY_ISSUER = "tdx-qe-identity-issuer";

  /**
   * The revocation list of an issuer in DER; its subject is {@code platform}, {@code processor}.
   */
  public static final String PCK_CRL = "tdx-pck-crl";

  /** The root's revocation list in DER; its subject is {@link #ROOT}. */
  public static final String ROOT_CRL = "tdx-root-crl";

  /**
   * PCK certificate, issuer and root in PEM, for platforms whose quotes name them only; its subject
   * is free.
   */
  public static final String PCK_CHAIN = "tdx-pck-chain";

  /** Subject of the root's revocation list. */
  public static final String ROOT = "root";

  private TdxItems() {}

  /**
   * Returns the subject of a kind of platform in a channel.
   *
   * @param fmspc twelve digits in hex of either case
   * @param channel of Intel's
   * @return for example {@code 00806f050000}, {@code 00806f050000-early}
   */
  public static String platforms(String fmspc, UpdateChannel channel) {
    return in(fmspc.toLowerCase(Locale.ROOT), channel);
  }

  /**
   * Returns the subject of the TD quoting enclave in a channel.
   *
   * @param channel of Intel's
   * @return {@code td}, {@code td-early}
   */
  public static String enclave(UpdateChannel channel) {
    return in("td", channel);
  }

  private static String in(String subject, UpdateChannel channel) {
    return channel == UpdateChannel.STANDARD ? subject : subject + "-" + channel.text();
  }
}
