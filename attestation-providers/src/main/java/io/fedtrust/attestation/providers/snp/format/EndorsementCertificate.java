// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.pki.Extensions;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.jspecify.annotations.Nullable;

/**
 * A certificate of the key that signs reports, as far as it says which chip or cloud and which TCB
 * it is for (AMD publication 57230, Versioned Chip Endorsement Key Certificate and KDS Interface
 * Specification). No signature is looked at here.
 *
 * @param key VCEK or VLEK
 * @param line product line that its issuer certifies
 * @param productName as written, with or without a stepping
 * @param tcb the TCB that the key was derived for
 * @param chipId of a VCEK: 64 bytes, of Turin 8, lower-case hex
 * @param cloudId of a VLEK: the cloud it was issued to
 * @param certificate itself
 */
public record EndorsementCertificate(
    EndorsementKey key,
    ProductLine line,
    String productName,
    TcbVersion tcb,
    Optional<String> chipId,
    Optional<String> cloudId,
    X509Certificate certificate) {
  private static final int SHOWN_CHARACTERS = 16;
  private static final String CHECK = "snp.endorsement";
  private static final String SOURCE = "AMD 57230, section 3.1";
  private static final String ARC = "1.3.6.1.4.1.3704.1.";
  private static final int MAX_SPL = 255;
  private static final int LONG_CHIP_ID = 64;
  private static final int SHORT_CHIP_ID = 8;
  private static final Pattern COMMON_NAME = Pattern.compile("^CN=([A-Za-z-]+),");

  /** Component of the TCB by the number of its extension. */
  private static final Map<String, String> SPL =
      Map.of("bootloader", "3.1", "tee", "3.2", "snp", "3.3", "microcode", "3.8", "fmc", "3.9");

  /**
   * Reads a certificate.
   *
   * @param der of an endorsement certificate
   * @return what it says
   * @throws MalformedEvidenceException if it is not of AMD's profile
   */
  public static EndorsementCertificate parse(byte[] der) throws MalformedEvidenceException {
    return of(Certificates.parse(der));
  }

  /**
   * Reads a certificate.
   *
   * @param certificate an endorsement certificate
   * @return what it says
   * @throws MalformedEvidenceException if it is not of AMD's profile
   */
  public static EndorsementCertificate of(X509Certificate certificate)
      throws MalformedEvidenceException {
    EndorsementKey key = key(certificate);
    ProductLine line = line(key, certificate);
    require(certificate.getVersion() == 3, "X.509 version 3", certificate.getVersion());
    // Null where the certificate has no extensions at all.
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    require(critical != null && critical.isEmpty(), "no critical extension", critical);
    require(certificate.getBasicConstraints() < 0, "an end-entity certificate", "a CA");
    String product = text(certificate, "2").orElse("");
    require(
        product.equals(line.text()) || product.startsWith(line.text() + "-"),
        "productName " + line,
        product);
    Optional<String> chipId = chipId(certificate);
    Optional<String> cloudId = text(certificate, "5");
    require(
        key == EndorsementKey.VCEK
            ? chipId.isPresent() && cloudId.isEmpty()
            : chipId.isEmpty() && cloudId.isPresent(),
        key == EndorsementKey.VCEK ? "hwID and no cspID" : "cspID and no hwID",
        (chipId.isPresent() ? "hwID " : "") + (cloudId.isPresent() ? "cspID" : ""));
    return new EndorsementCertificate(
        key, line, product, tcb(certificate, line), chipId, cloudId, certificate);
  }

  private static EndorsementKey key(X509Certificate certificate) throws MalformedEvidenceException {
    String name = commonName(certificate.getSubjectX500Principal().getName());
    for (EndorsementKey key : EndorsementKey.values()) {
      if (key.commonName().equals(name)) {
        return key;
      }
    }
    throw malformed("subject SEV-VCEK or SEV-VLEK", name);
  }

  private static ProductLine line(EndorsementKey key, X509Certificate certificate)
      throws MalformedEvidenceException {
    String name = commonName(certificate.getIssuerX500Principal().getName());
    for (ProductLine line : ProductLine.values()) {
      if (key.issuerName(line).equals(name)) {
        return line;
      }
    }
    throw malformed("an issuer of " + key + " certificates", name);
  }

  /** RFC 2253 text; a name of another shape gives no common name that is known here. */
  private static String commonName(String name) {
    Matcher common = COMMON_NAME.matcher(name);
    return common.find() ? common.group(1) : name;
  }

  private static TcbVersion tcb(X509Certificate certificate, ProductLine line)
      throws MalformedEvidenceException {
    Map<String, Long> levels = new LinkedHashMap<>();
    for (String component : line.tcbComponents()) {
      levels.put(component, level(certificate, component));
    }
    boolean fmc = extension(certificate, "3.9").isPresent();
    require(fmc == levels.containsKey("fmc"), "fmcSPL on Turin and there alone", fmc);
    return new TcbVersion(levels);
  }

  private static long level(X509Certificate certificate, String component)
      throws MalformedEvidenceException {
    String oid = SPL.getOrDefault(component, "");
    Optional<byte[]> value = extension(certificate, oid);
    if (value.isPresent() && asn1(value.get()) instanceof ASN1Integer number) {
      BigInteger level = number.getValue();
      if (level.signum() >= 0 && level.bitLength() <= Byte.SIZE) {
        return level.longValue();
      }
    }
    throw malformed(component + " from 0 to " + MAX_SPL, value.isPresent() ? "another" : "nothing");
  }

  private static Optional<String> text(X509Certificate certificate, String oid)
      throws MalformedEvidenceException {
    Optional<byte[]> value = extension(certificate, oid);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (asn1(value.get()) instanceof ASN1IA5String text) {
      return Optional.of(text.getString());
    }
    throw malformed("IA5String in extension " + ARC + oid, "another type");
  }

  /** Raw, or for a short time wrapped in an OCTET STRING: told apart by length alone. */
  private static Optional<String> chipId(X509Certificate certificate)
      throws MalformedEvidenceException {
    Optional<byte[]> value = extension(certificate, "4");
    if (value.isEmpty()) {
      return Optional.empty();
    }
    byte[] id = value.get();
    if (!isChipId(id) && asn1(id) instanceof ASN1OctetString wrapped) {
      id = wrapped.getOctets();
    }
    require(isChipId(id), "hwID of 64 or 8 bytes", id.length);
    return Optional.of(HexFormat.of().formatHex(id));
  }

  private static boolean isChipId(byte[] id) {
    return id.length == LONG_CHIP_ID || id.length == SHORT_CHIP_ID;
  }

  private static Optional<byte[]> extension(X509Certificate certificate, String oid) {
    return Extensions.value(certificate, ARC + oid);
  }

  private static Object asn1(byte[] der) {
    return Extensions.asn1(der).<Object>map(value -> value).orElse("");
  }

  private static void require(boolean good, Object expected, @Nullable Object actual)
      throws MalformedEvidenceException {
    if (!good) {
      throw malformed(expected, actual);
    }
  }

  private static MalformedEvidenceException malformed(Object expected, @Nullable Object actual) {
    return MalformedEvidenceException.of(
        CHECK, ReasonCode.ENDORSEMENT_INVALID, expected, String.valueOf(actual), SOURCE);
  }

  /**
   * Tells whether this is for the TCB that a report names.
   *
   * @param report whether genuine or not
   * @return true if every component equals that of REPORTED_TCB
   */
  public boolean isForTcb(SnpReport report) {
    return tcb.equals(report.tcb(SnpField.REPORTED_TCB, line));
  }

  /**
   * Tells whether this is for the chip that a report names; a VLEK is for any.
   *
   * @param report whether genuine or not
   * @return true if the identities are equal, the shorter one filled with zeros
   */
  public boolean isForChip(SnpReport report) {
    return chipId
        .map(id -> id + "0".repeat(2 * SnpField.CHIP_ID.size() - id.length()))
        .map(HexFormat.of().formatHex(report.bytes(SnpField.CHIP_ID))::equals)
        .orElse(true);
  }

  @Override
  public String toString() {
    return key
        + " of "
        + productName
        + ", serial number "
        + certificate.getSerialNumber()
        + ", TCB "
        + tcb
        + chipId.map(id -> ", chip " + id.substring(0, SHOWN_CHARACTERS) + "...").orElse("")
        + cloudId.map(id -> ", cloud " + id).orElse("");
  }
}
