// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.format;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.pki.Extensions;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * The content of the two certificates of a device itself: that of its firmware, and that of its
 * boot ROM (TCG DICE Attestation Architecture;
 * docs/attestation-gpu.md#what-is-checked-and-where-it-comes-from).
 *
 * @param ueid serial number of the firmware's certificate, decimal
 * @param hardwareModel common name of the boot ROM's certificate
 * @param commonName of the firmware's certificate
 * @param deviceName vendor, chip and number of the device, as DMTF has them, if it is there
 * @param fwid digest of the firmware that holds the key, if the certificate names one
 */
public record DeviceCertificates(
    String ueid,
    String hardwareModel,
    String commonName,
    Optional<String> deviceName,
    Optional<Bytes> fwid) {
  private static final String COMPOSITE_DEVICE_ID = "2.23.133.5.4.1";
  private static final String TCB_INFO = "2.23.133.5.4.1.1";
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final String DEVICE_INFO = "1.3.6.1.4.1.412.274.1";
  private static final int COMPOSITE_PARTS = 3;
  private static final int FWIDS_TAG = 6;
  private static final int OTHER_NAME = 0;

  /**
   * Reads both.
   *
   * @param firmware the first certificate
   * @param bootRom the second one
   * @return what they say
   * @throws MalformedEvidenceException if a name is missing, or the digest is not SHA-384
   */
  public static DeviceCertificates of(X509Certificate firmware, X509Certificate bootRom)
      throws MalformedEvidenceException {
    try {
      return new DeviceCertificates(
          firmware.getSerialNumber().toString(),
          name(bootRom),
          name(firmware),
          deviceName(firmware),
          readFwid(firmware));
    } catch (RuntimeException e) {
      // A malformed structure is any kind of unchecked exception of the library.
      throw malformed("certificates of a device", "another structure");
    }
  }

  /**
   * Tells whether they are certificates of such a device.
   *
   * @param architecture as the evidence states it
   * @return true if both names begin with the chip's
   */
  public boolean fits(Architecture architecture) {
    return architecture.isNamed(commonName) && architecture.isNamed(hardwareModel);
  }

  /** Returns the common name of a subject, which is there exactly once. */
  private static String name(X509Certificate certificate) throws MalformedEvidenceException {
    X500Name subject = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    if (subject.getRDNs(BCStyle.CN).length != 1) {
      throw malformed("one common name", subject.getRDNs(BCStyle.CN).length);
    }
    return subject.getRDNs(BCStyle.CN)[0].getFirst().getValue().toString();
  }

  private static Optional<String> deviceName(X509Certificate certificate) {
    Optional<ASN1Encodable> names =
        Extensions.value(certificate, ALTERNATIVE_NAMES).flatMap(Extensions::asn1);
    if (names.isPresent() && names.get() instanceof ASN1Sequence all) {
      for (ASN1Encodable name : all) {
        Optional<String> found = deviceInfo(name);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** {@code otherName [0] IMPLICIT SEQUENCE { type-id, value [0] EXPLICIT UTF8String }}. */
  private static Optional<String> deviceInfo(ASN1Encodable name) {
    return name instanceof ASN1TaggedObject other
            && other.getTagNo() == OTHER_NAME
            && other.getBaseUniversal(false, BERTags.SEQUENCE) instanceof ASN1Sequence parts
            && parts.size() == 2
            && parts.getObjectAt(0).toString().equals(DEVICE_INFO)
            && parts.getObjectAt(1) instanceof ASN1TaggedObject value
            && value.getExplicitBaseObject() instanceof ASN1UTF8String text
        ? Optional.of(text.getString())
        : Optional.empty();
  }

  private static Optional<Bytes> readFwid(X509Certificate certificate)
      throws MalformedEvidenceException {
    Optional<byte[]> composite = Extensions.value(certificate, COMPOSITE_DEVICE_ID);
    Optional<byte[]> info = Extensions.value(certificate, TCB_INFO);
    if (composite.isEmpty() && info.isEmpty()) {
      return Optional.empty();
    }
    Optional<ASN1Encodable> fwid =
        composite.isPresent()
            ? Extensions.asn1(composite.get()).flatMap(DeviceCertificates::inComposite)
            : Extensions.asn1(info.orElseThrow()).flatMap(DeviceCertificates::inTcbInfo);
    return Optional.of(
        fwid.flatMap(DeviceCertificates::sha384)
            .map(Bytes::of)
            .orElseThrow(() -> malformed("an FWID of SHA-384", "another structure")));
  }

  /** SEQUENCE { version 1, deviceID SubjectPublicKeyInfo, fwid FWID }. */
  private static Optional<ASN1Encodable> inComposite(ASN1Encodable value) {
    return value instanceof ASN1Sequence parts
            && parts.size() == COMPOSITE_PARTS
            && parts.getObjectAt(0) instanceof ASN1Integer
        ? Optional.of(parts.getObjectAt(COMPOSITE_PARTS - 1))
        : Optional.empty();
  }

  /** DiceTcbInfo, of which {@code fwids [6] IMPLICIT SEQUENCE OF FWID}; the first one counts. */
  private static Optional<ASN1Encodable> inTcbInfo(ASN1Encodable value) {
    if (!(value instanceof ASN1Sequence members)) {
      return Optional.empty();
    }
    for (ASN1Encodable member : members) {
      if (member instanceof ASN1TaggedObject tagged && tagged.getTagNo() == FWIDS_TAG) {
        return tagged.getBaseUniversal(false, BERTags.SEQUENCE) instanceof ASN1Sequence fwids
                && fwids.size() > 0
            ? Optional.of(fwids.getObjectAt(0))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static Optional<byte[]> sha384(ASN1Encodable fwid) {
    return fwid instanceof ASN1Sequence parts
            && parts.size() == 2
            && NISTObjectIdentifiers.id_sha384.equals(parts.getObjectAt(0))
            && parts.getObjectAt(1) instanceof ASN1OctetString digest
            && digest.getOctetsLength() == SpdmReport.DIGEST_BYTES
        ? Optional.of(digest.getOctets())
        : Optional.empty();
  }

  private static MalformedEvidenceException malformed(Object expected, Object actual) {
    return MalformedEvidenceException.of(
        "nvidia.device-certificate",
        ReasonCode.ENDORSEMENT_INVALID,
        expected,
        actual,
        "TCG DICE Attestation Architecture");
  }

  @Override
  public String toString() {
    return commonName
        + ", "
        + hardwareModel
        + ", UEID "
        + ueid
        + fwid.map(digest -> ", FWID " + digest.hex()).orElse("");
  }
}
