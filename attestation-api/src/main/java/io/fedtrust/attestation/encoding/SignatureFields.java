// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.encoding;

/** Fields of every signed message, and their bounds (docs/protocol/README.md#signatures). */
public final class SignatureFields {
  /** Certificates of the site, leaf first, root excluded. */
  public static final String CERTIFICATES = "_cc_cert";

  /** Signature of the site's key. */
  public static final String SIGNATURE = "_cc_sig";

  /** Signature of the key of the attested process. */
  public static final String SESSION_SIGNATURE = "_cc_session_sig";

  /** Most certificates in a message. */
  public static final int MAX_CERTIFICATES = 4;

  /** Most bytes of one certificate. */
  public static final int MAX_CERTIFICATE_BYTES = 16 * 1024;

  /** Most bytes of one signature. */
  public static final int MAX_SIGNATURE_BYTES = 1024;

  private SignatureFields() {}
}
