// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.Validity;
import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.pki.AnchorMatcher;
import io.fedtrust.attestation.providers.pki.Extensions;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * An identity: a certificate authority and what it certified (did:x509 method specification,
 * version 0). It is an identity, not an authority: a relying party compares it with the one that it
 * expects.
 *
 * @param text as written
 * @param algorithm of the fingerprint
 * @param fingerprint digest of a CA certificate above the end entity's
 * @param predicates what the end entity's certificate says, at least one
 */
public record DidX509(
    String text, String algorithm, byte[] fingerprint, List<Predicate> predicates) {
  private static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "did.format", ReasonCode.EVIDENCE_MALFORMED, "did:x509 method specification");
  private static final Map<String, Integer> DIGEST_BITS =
      Map.of("sha256", 256, "sha384", 384, "sha512", 512);
  private static final Map<String, ASN1ObjectIdentifier> NAMES =
      Map.of(
          "CN", BCStyle.CN,
          "L", BCStyle.L,
          "ST", BCStyle.ST,
          "O", BCStyle.O,
          "OU", BCStyle.OU,
          "C", BCStyle.C,
          "STREET", BCStyle.STREET);
  private static final Map<String, Integer> ALTERNATIVE_NAMES =
      Map.of("email", 1, "dns", 2, "uri", 6);

  /** rfc822Name, dNSName, directoryName, uniformResourceIdentifier (RFC 5280 section 4.2.1.6). */
  private static final Set<Object> NAME_KINDS = Set.of(1, 2, 4, 6);

  private static final Pattern OID = Pattern.compile("[0-2](\\.(0|[1-9]\\d{0,18})){1,32}");

  /** One character of a value. A pattern for all of them would recurse for each. */
  private static final Pattern CHARACTER = Pattern.compile("[A-Za-z0-9._-]|%[0-9A-Fa-f]{2}");

  private static final String FULCIO_ISSUER = "1.3.6.1.4.1.57264.1.1";
  private static final int MAX_CHARACTERS = 2048;
  private static final int MAX_CERTIFICATES = 10;
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_AGREEMENT = 4;

  /**
   * A requirement on the end entity's certificate.
   *
   * @param name {@code eku}, {@code subject}, {@code san} or {@code fulcio-issuer}
   * @param values percent-decoded
   */
  public record Predicate(String name, List<String> values) {
    /**
     * Copies the list.
     *
     * @param name of the predicate
     * @param values percent-decoded
     */
    public Predicate {
      values = List.copyOf(values);
    }
  }

  /**
   * Copies the list.
   *
   * @param text as written
   * @param algorithm of the fingerprint
   * @param fingerprint digest of a CA certificate above the end entity's
   * @param predicates what the end entity's certificate says, at least one
   */
  public DidX509 {
    fingerprint = fingerprint.clone();
    predicates = List.copyOf(predicates);
  }

  /** {@return the digest, as a copy} */
  @Override
  public byte[] fingerprint() {
    return fingerprint.clone();
  }

  /**
   * Reads an identity.
   *
   * @param text {@code did:x509:0:sha256:FINGERPRINT::NAME:VALUE...}
   * @return the identity
   * @throws MalformedEvidenceException if it is of another shape, or has a predicate that is not
   *     known
   */
  public static DidX509 parse(String text) throws MalformedEvidenceException {
    if (text.length() > MAX_CHARACTERS) {
      throw KIND.refused("at most " + MAX_CHARACTERS + " characters", text.length());
    }
    String[] parts = text.split("::", -1);
    String[] head = parts[0].split(":", -1);
    if (head.length != 5
        || !parts[0].startsWith("did:x509:0:")
        || !DIGEST_BITS.containsKey(head[3])) {
      throw KIND.refused("did:x509:0:sha256|sha384|sha512:fingerprint", parts[0]);
    }
    int bits = DIGEST_BITS.getOrDefault(head[3], 0);
    List<Predicate> predicates = new ArrayList<>();
    for (String predicate : Arrays.asList(parts).subList(1, parts.length)) {
      predicates.add(predicate(predicate));
    }
    if (predicates.isEmpty()) {
      throw KIND.refused("at least one predicate", "none");
    }
    return new DidX509(text, "SHA-" + bits, fingerprint(head[4], bits / Byte.SIZE), predicates);
  }

  private static byte[] fingerprint(String text, int length) throws MalformedEvidenceException {
    return Base64Text.decodeUrl(text)
        .filter(digest -> digest.length == length)
        .orElseThrow(
            () -> KIND.refused("a whole fingerprint in canonical base64url", "something else"));
  }

  private static Predicate predicate(String text) throws MalformedEvidenceException {
    String[] parts = text.split(":", -1);
    List<String> values = new ArrayList<>();
    for (String value : Arrays.asList(parts).subList(1, parts.length)) {
      values.add(decoded(value));
    }
    boolean known =
        switch (parts[0]) {
          case "eku" -> values.size() == 1 && OID.matcher(values.get(0)).matches();
          case "fulcio-issuer" -> values.size() == 1;
          case "san" -> values.size() == 2 && ALTERNATIVE_NAMES.containsKey(values.get(0));
          case "subject" -> isSubject(values);
          default -> false;
        };
    if (!known) {
      throw KIND.refused("eku, subject, san or fulcio-issuer with their values", parts[0]);
    }
    return new Predicate(parts[0], values);
  }

  private static boolean isSubject(List<String> values) {
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < values.size(); i += 2) {
      String key = values.get(i);
      if (!(NAMES.containsKey(key) || OID.matcher(key).matches()) || !keys.add(key)) {
        return false;
      }
    }
    return !values.isEmpty() && values.size() % 2 == 0;
  }

  private static String decoded(String value) throws MalformedEvidenceException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Matcher next = CHARACTER.matcher(value);
    while (next.lookingAt()) {
      String found = next.group();
      bytes.write(found.length() == 1 ? found.charAt(0) : Integer.parseInt(found.substring(1), 16));
      next.region(next.end(), value.length());
    }
    if (next.regionStart() < value.length() || value.isEmpty()) {
      throw KIND.refused("percent-encoded values; neither path nor query", value);
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw KIND.refused("UTF-8", "other bytes");
    }
  }

  /**
   * Compares a chain with this identity: each certificate issued by the next (RFC 5280 section 6,
   * with name constraints, path lengths and critical extensions), the fingerprint of one above the
   * end entity, and every predicate. When they are valid is another question.
   *
   * @param chain end entity first, root last
   * @return what does not hold, or empty
   */
  public Optional<String> mismatch(List<X509Certificate> chain) {
    if (chain.size() < 2 || chain.size() > MAX_CERTIFICATES) {
      return Optional.of("2 to " + MAX_CERTIFICATES + " certificates, was " + chain.size());
    }
    X509Certificate end = chain.get(0);
    boolean[] usage = end.getKeyUsage();
    if (usage != null && !usage[DIGITAL_SIGNATURE] && !usage[KEY_AGREEMENT]) {
      return Optional.of("a key for signatures or key agreement, was for other things");
    }
    if (!isNamedAsKnown(end)) {
      return Optional.of("alternative names that are e-mail, DNS, URI or directory names");
    }
    if (chain.stream().anyMatch(DidX509::hasRepeatedAttributes)) {
      return Optional.of("names with each attribute once, was one that repeats an attribute");
    }
    if (!isFingerprinted(chain.subList(1, chain.size()))) {
      return Optional.of("the fingerprint of a certificate above, was of none");
    }
    return predicates.stream()
        .filter(predicate -> !holds(predicate, end))
        .findFirst()
        .map(predicate -> predicate.name() + " " + predicate.values() + ", was otherwise")
        .or(() -> broken(chain));
  }

  private boolean isFingerprinted(List<X509Certificate> above) {
    for (X509Certificate certificate : above) {
      try {
        if (Arrays.equals(
            MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()), fingerprint)) {
          return true;
        }
      } catch (GeneralSecurityException e) {
        return false;
      }
    }
    return false;
  }

  private static boolean holds(Predicate predicate, X509Certificate end) {
    List<String> values = predicate.values();
    try {
      return switch (predicate.name()) {
        case "eku" ->
            end.getExtendedKeyUsage() != null && end.getExtendedKeyUsage().contains(values.get(0));
        case "san" ->
            isNamed(end, ALTERNATIVE_NAMES.getOrDefault(values.get(0), -1), values.get(1));
        case "fulcio-issuer" ->
            Extensions.value(end, FULCIO_ISSUER)
                .map(octets -> new String(octets, StandardCharsets.UTF_8))
                .filter(("https://" + values.get(0))::equals)
                .isPresent();
        default -> isSubject(end, values);
      };
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  private static boolean isNamed(X509Certificate end, int type, String name)
      throws CertificateParsingException {
    Collection<List<?>> names = end.getSubjectAlternativeNames();
    return names != null
        && names.stream().anyMatch(known -> known.get(0).equals(type) && name.equals(known.get(1)));
  }

  private static boolean isSubject(X509Certificate end, List<String> values) {
    X500Name subject = X500Name.getInstance(end.getSubjectX500Principal().getEncoded());
    for (int i = 0; i < values.size(); i += 2) {
      String key = values.get(i);
      ASN1ObjectIdentifier type =
          NAMES.containsKey(key) ? NAMES.get(key) : new ASN1ObjectIdentifier(key);
      String value = values.get(i + 1);
      if (!isAttribute(subject, type, value)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The method maps a name to an object of attributes: repeated ones are not supported (certificate
   * chain JSON model). Otherwise one certificate would be several identities.
   */
  private static boolean hasRepeatedAttributes(X509Certificate certificate) {
    return isRepeating(certificate.getSubjectX500Principal())
        || isRepeating(certificate.getIssuerX500Principal());
  }

  private static boolean isRepeating(X500Principal name) {
    List<ASN1ObjectIdentifier> types =
        Arrays.stream(X500Name.getInstance(name.getEncoded()).getRDNs())
            .flatMap(rdn -> Arrays.stream(rdn.getTypesAndValues()))
            .map(AttributeTypeAndValue::getType)
            .toList();
    return new HashSet<>(types).size() < types.size();
  }

  private static boolean isAttribute(X500Name subject, ASN1ObjectIdentifier type, String value) {
    for (RDN name : subject.getRDNs(type)) {
      for (AttributeTypeAndValue attribute : name.getTypesAndValues()) {
        if (attribute.getType().equals(type)
            && attribute.getValue() instanceof ASN1String text
            && value.equals(text.getString())) {
          return true;
        }
      }
    }
    return false;
  }

  /** An end entity that has names of other kinds has no identity of this method. */
  private static boolean isNamedAsKnown(X509Certificate end) {
    try {
      Collection<List<?>> names = end.getSubjectAlternativeNames();
      return names == null || names.stream().allMatch(name -> NAME_KINDS.contains(name.get(0)));
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  /** The last certificate is the anchor, of which the validator itself looks at nothing. */
  private static Optional<String> broken(List<X509Certificate> chain) {
    X509Certificate root = chain.get(chain.size() - 1);
    if (!AnchorMatcher.isCa(root) || root.getBasicConstraints() < chain.size() - 2) {
      return Optional.of("a CA that allows so many certificates below, was another");
    }
    try {
      PKIXParameters parameters =
          new PKIXParameters(
              Set.of(new TrustAnchor(root, Extensions.value(root, "2.5.29.30").orElse(null))));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(Validity.of(chain).begin()));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509")
                  .generateCertPath(chain.subList(0, chain.size() - 1)),
              parameters);
      return Optional.empty();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.of("a valid path, was one that does not verify");
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
