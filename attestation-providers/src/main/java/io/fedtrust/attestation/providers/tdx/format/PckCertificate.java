// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.pki.Extensions;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.jspecify.annotations.Nullable;

/**
 * The certificate of a platform's provisioning certification key, as far as it says which platform
 * and which TCB it is for (Intel SGX PCK Certificate and CRL Profile Specification, section 1.3.5).
 * No signature is looked at here.
 *
 * @param issuer who certifies it
 * @param ppid platform provisioning identity, lower-case hex
 * @param components security versions of the platform, sixteen
 * @param pceSvn security version of its provisioning certification enclave
 * @param cpuSvn the components as the processor has them, lower-case hex
 * @param pceId lower-case hex
 * @param fmspc kind of platform, lower-case hex
 * @param sgxType 0 standard, 1 scalable, 2 scalable with integrity
 * @param platformInstanceId lower-case hex, of registered platforms
 * @param configuration of registered platforms
 * @param certificate itself
 */
public record PckCertificate(
    PckIssuer issuer,
    String ppid,
    List<Integer> components,
    int pceSvn,
    String cpuSvn,
    String pceId,
    String fmspc,
    int sgxType,
    Optional<String> platformInstanceId,
    Optional<Configuration> configuration,
    X509Certificate certificate) {
  private static final String CHECK = "tdx.pck";
  private static final String SOURCE = "Intel SGX PCK Certificate and CRL Profile, section 1.3.5";
  private static final String ARC = "1.2.840.113741.1.13.1";

  /** Common name of every such certificate. */
  public static final String COMMON_NAME = "Intel SGX PCK Certificate";

  private static final Set<String> CRITICAL = Set.of("2.5.29.15", "2.5.29.19");
  private static final Pattern NAME = Pattern.compile("(?:^|,)CN=([^,+]+)(?:,|$)");
  private static final int MAX_SVN = 0xFF;
  private static final int MAX_PCE_SVN = 0xFFFF;
  private static final int MAX_TYPE = 2;
  private static final int PCE_SVN = 17;
  private static final int CPU_SVN = 18;
  private static final int LONG_ID_BYTES = 16;
  private static final int PCE_ID_BYTES = 2;
  private static final int FMSPC_BYTES = 6;

  /**
   * The configuration of a registered platform.
   *
   * @param isDynamicPlatform packages can be added
   * @param hasCachedKeys keys are cached by Intel's registration service
   * @param isSmtEnabled SMT is on
   */
  public record Configuration(
      boolean isDynamicPlatform, boolean hasCachedKeys, boolean isSmtEnabled) {}

  /**
   * Copies the list.
   *
   * @param issuer who certifies it
   * @param ppid platform provisioning identity, lower-case hex
   * @param components security versions of the platform, sixteen
   * @param pceSvn security version of its provisioning certification enclave
   * @param cpuSvn the components as the processor has them, lower-case hex
   * @param pceId lower-case hex
   * @param fmspc kind of platform, lower-case hex
   * @param sgxType 0 standard, 1 scalable, 2 scalable with integrity
   * @param platformInstanceId lower-case hex, of registered platforms
   * @param configuration of registered platforms
   * @param certificate itself
   */
  public PckCertificate {
    components = List.copyOf(components);
  }

  /**
   * Reads a certificate.
   *
   * @param der of a PCK certificate
   * @return what it says
   * @throws MalformedEvidenceException if it is not of Intel's profile
   */
  public static PckCertificate parse(byte[] der) throws MalformedEvidenceException {
    return of(Certificates.parse(der));
  }

  /**
   * Reads a certificate.
   *
   * @param certificate a PCK certificate
   * @return what it says
   * @throws MalformedEvidenceException if it is not of Intel's profile
   */
  public static PckCertificate of(X509Certificate certificate) throws MalformedEvidenceException {
    String subject = commonName(certificate.getSubjectX500Principal());
    require(subject.equals(COMMON_NAME), COMMON_NAME, subject);
    require(certificate.getVersion() == 3, "X.509 version 3", certificate.getVersion());
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    require(
        critical != null && CRITICAL.containsAll(critical),
        "no unknown critical extension",
        critical);
    require(certificate.getBasicConstraints() < 0, "an end-entity certificate", "a CA");
    boolean[] usage = certificate.getKeyUsage();
    require(usage != null && usage[0], "a key for digital signatures", "another");
    Map<String, ASN1Encodable> values =
        entries(
            ARC,
            Extensions.value(certificate, ARC)
                .<ASN1Encodable>flatMap(der -> Extensions.asn1(der).map(value -> value))
                .orElseThrow(() -> malformed("the SGX extension " + ARC, "none")));
    Map<String, ASN1Encodable> tcb = entries(ARC + ".2", values.get(ARC + ".2"));
    List<Integer> components = new ArrayList<>();
    for (int i = 1; i <= TeeTcbSvn.COMPONENTS; i++) {
      components.add(number(tcb, ARC + ".2." + i, MAX_SVN));
    }
    Optional<Configuration> configuration = configuration(values);
    return new PckCertificate(
        issuer(certificate),
        octets(values, ARC + ".1", LONG_ID_BYTES),
        components,
        number(tcb, ARC + ".2." + PCE_SVN, MAX_PCE_SVN),
        octets(tcb, ARC + ".2." + CPU_SVN, LONG_ID_BYTES),
        octets(values, ARC + ".3", PCE_ID_BYTES),
        octets(values, ARC + ".4", FMSPC_BYTES),
        enumerated(values, ARC + ".5"),
        values.containsKey(ARC + ".6")
            ? Optional.of(octets(values, ARC + ".6", LONG_ID_BYTES))
            : Optional.empty(),
        configuration,
        certificate);
  }

  private static PckIssuer issuer(X509Certificate certificate) throws MalformedEvidenceException {
    String found = commonName(certificate.getIssuerX500Principal());
    return Arrays.stream(PckIssuer.values())
        .filter(issuer -> issuer.commonName().equals(found))
        .findFirst()
        .orElseThrow(() -> malformed("an issuer of PCK certificates", found));
  }

  /** RFC 2253 text; a name of another shape gives no common name that is known here. */
  private static String commonName(X500Principal name) {
    Matcher common = NAME.matcher(name.getName());
    return common.find() ? common.group(1) : name.getName();
  }

  private static Optional<Configuration> configuration(Map<String, ASN1Encodable> values)
      throws MalformedEvidenceException {
    String arc = ARC + ".7";
    if (!values.containsKey(arc)) {
      return Optional.empty();
    }
    Map<String, ASN1Encodable> flags = entries(arc, values.get(arc));
    return Optional.of(
        new Configuration(
            flag(flags, arc + ".1"), flag(flags, arc + ".2"), flag(flags, arc + ".3")));
  }

  /** SEQUENCE OF SEQUENCE { OID, value }, found by OID and never by place; each once. */
  private static Map<String, ASN1Encodable> entries(String arc, @Nullable ASN1Encodable value)
      throws MalformedEvidenceException {
    if (!(value instanceof ASN1Sequence sequence)) {
      throw malformed("a sequence in " + arc, value == null ? "nothing" : "another type");
    }
    Map<String, ASN1Encodable> entries = new HashMap<>();
    for (ASN1Encodable item : sequence) {
      if (!(item instanceof ASN1Sequence pair)
          || pair.size() != 2
          || !(pair.getObjectAt(0) instanceof ASN1ObjectIdentifier id)) {
        throw malformed("pairs of OID and value in " + arc, "another type");
      }
      require(entries.put(id.getId(), pair.getObjectAt(1)) == null, "every OID once", id.getId());
    }
    return entries;
  }

  private static int number(Map<String, ASN1Encodable> values, String oid, int max)
      throws MalformedEvidenceException {
    if (values.get(oid) instanceof ASN1Integer number) {
      return bounded(oid, number.getValue(), max);
    }
    throw malformed("INTEGER " + oid, values.containsKey(oid) ? "another type" : "nothing");
  }

  private static int enumerated(Map<String, ASN1Encodable> values, String oid)
      throws MalformedEvidenceException {
    if (values.get(oid) instanceof ASN1Enumerated number) {
      return bounded(oid, number.getValue(), MAX_TYPE);
    }
    throw malformed("ENUMERATED " + oid, values.containsKey(oid) ? "another type" : "nothing");
  }

  private static int bounded(String oid, BigInteger number, int max)
      throws MalformedEvidenceException {
    require(
        number.signum() >= 0 && number.compareTo(BigInteger.valueOf(max)) <= 0,
        oid + " from 0 to " + max,
        number.bitLength() + " bits");
    return number.intValue();
  }

  private static boolean flag(Map<String, ASN1Encodable> values, String oid)
      throws MalformedEvidenceException {
    if (values.get(oid) instanceof ASN1Boolean flag) {
      return flag.isTrue();
    }
    throw malformed("BOOLEAN " + oid, values.containsKey(oid) ? "another type" : "nothing");
  }

  private static String octets(Map<String, ASN1Encodable> values, String oid, int bytes)
      throws MalformedEvidenceException {
    if (values.get(oid) instanceof ASN1OctetString octets && octets.getOctetsLength() == bytes) {
      return HexFormat.of().formatHex(octets.getOctets());
    }
    throw malformed(
        "OCTET STRING " + oid + " of " + bytes + " bytes",
        values.containsKey(oid) ? "another" : "nothing");
  }

  private static void require(boolean good, Object expected, @Nullable Object actual)
      throws MalformedEvidenceException {
    if (!good) {
      throw malformed(expected, String.valueOf(actual));
    }
  }

  private static MalformedEvidenceException malformed(Object expected, Object actual) {
    return MalformedEvidenceException.of(
        CHECK, ReasonCode.ENDORSEMENT_INVALID, expected, actual, SOURCE);
  }

  @Override
  public String toString() {
    return "PCK certificate for FMSPC "
        + fmspc
        + ", PCE "
        + pceId
        + ", PCE SVN "
        + pceSvn
        + ", CPU SVN "
        + cpuSvn
        + ", issued by the "
        + issuer
        + ", serial number "
        + certificate.getSerialNumber();
  }
}
