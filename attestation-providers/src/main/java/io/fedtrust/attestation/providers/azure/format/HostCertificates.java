// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The certificates that an Azure host hands to its guests, and the TCB they are for (THIM; the file
 * {@code host-amd-cert-base64}).
 *
 * @param certificates DER: VCEK, ASK, ARK
 * @param tcb REPORTED_TCB of the reports they fit, in the order of the report
 */
public record HostCertificates(List<byte[]> certificates, byte[] tcb) {
  private static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "aci.host-certificates",
          ReasonCode.ENDORSEMENT_INVALID,
          "Confidential containers on Azure, security context");
  private static final int TCB_BYTES = 8;
  private static final int MAX_BYTES = 128 << 10;

  /**
   * Copies what it gets.
   *
   * @param certificates DER: VCEK, ASK, ARK
   * @param tcb REPORTED_TCB of the reports they fit, in the order of the report
   */
  public HostCertificates {
    certificates = List.copyOf(certificates);
    tcb = tcb.clone();
  }

  /** {@return the TCB, 8 bytes} */
  @Override
  public byte[] tcb() {
    return tcb.clone();
  }

  /**
   * Reads them.
   *
   * @param json with {@code vcekCert}, {@code certificateChain} and {@code tcbm}
   * @return the certificates
   * @throws MalformedEvidenceException if they are of another shape
   */
  public static HostCertificates parse(byte[] json) throws MalformedEvidenceException {
    JsonObject host = JsonObject.read(KIND, json, MAX_BYTES);
    List<byte[]> certificates = new ArrayList<>();
    for (String name : new String[] {"vcekCert", "certificateChain"}) {
      certificates.addAll(CertificatePem.read(host.text(name).getBytes(StandardCharsets.UTF_8)));
    }
    return new HostCertificates(certificates, reversed(host.hex("tcbm", TCB_BYTES)));
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] other = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      other[i] = bytes[bytes.length - 1 - i];
    }
    return other;
  }

  /**
   * Tells whether they are for a TCB.
   *
   * @param reported REPORTED_TCB of a report, 8 bytes
   * @return true if they are
   */
  public boolean fit(byte[] reported) {
    return Arrays.equals(tcb, reported);
  }

  @Override
  public String toString() {
    return certificates.size() + " certificates for TCB " + HexFormat.of().formatHex(tcb);
  }
}
