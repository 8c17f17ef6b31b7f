// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.pki;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.pki.DerCertificate;
import io.fedtrust.attestation.providers.pki.SignatureScheme;
import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/** Questions about the status of certificates, and their answers (RFC 6960, RFC 8954). */
public final class Ocsp {
  /** The source that a verdict names. */
  public static final String SOURCE = "RFC 6960 section 3.2";

  /** Longest answer that is read. */
  public static final int MAX_BYTES = 64 << 10;

  private static final JsonObject.Kind KIND =
      new JsonObject.Kind("collateral.ocsp", ReasonCode.COLLATERAL_UNAVAILABLE, SOURCE);
  private static final String SHA1 = "1.3.14.3.2.26";
  private static final Map<String, String> DIGESTS =
      Map.of(
          SHA1,
          "SHA-1",
          NISTObjectIdentifiers.id_sha256.getId(),
          "SHA-256",
          NISTObjectIdentifiers.id_sha384.getId(),
          "SHA-384");
  private static final int GOOD = 0;
  private static final int REVOKED = 1;
  private static final int MAX_CERTIFICATES = 8;
  private static final int MAX_SINGLES = 16;

  private Ocsp() {}

  /** An authority's statement about a certificate. */
  public enum Status {
    /** It is not revoked. */
    GOOD,
    /** It is revoked for good. */
    REVOKED,
    /** It is revoked, perhaps not for good. */
    ON_HOLD,
    /** The responder does not know it. */
    UNKNOWN
  }

  /** With what a certificate's issuer is named in a question. */
  public enum IdDigest {
    /** As OpenSSL and most responders do. */
    SHA1(Ocsp.SHA1),
    /** As NVIDIA's first verifier did. */
    SHA384(NISTObjectIdentifiers.id_sha384.getId());

    private final String oid;

    IdDigest(String oid) {
      this.oid = oid;
    }

    private AlgorithmIdentifier algorithm() {
      return new AlgorithmIdentifier(new ASN1ObjectIdentifier(oid), DERNull.INSTANCE);
    }
  }

  /**
   * An answer about one certificate, its signature not yet verified.
   *
   * @param status of the certificate
   * @param thisUpdate when that was known
   * @param nextUpdate when more will be, if it says so
   * @param nonce of the question, if it was taken up
   * @param signed what the responder signed
   * @param algorithm whether it is named as the one that alone is accepted
   * @param signature of the responder
   * @param certificates that came with it
   */
  public record Answer(
      Status status,
      Instant thisUpdate,
      Optional<Instant> nextUpdate,
      Optional<byte[]> nonce,
      byte[] signed,
      boolean algorithm,
      byte[] signature,
      List<DerCertificate> certificates) {}

  /** Returns a request for the status of a certificate. */
  public static byte[] request(
      X509Certificate certificate, X509Certificate issuer, IdDigest digest, byte[] nonce) {
    try {
      Extension echoed =
          new Extension(
              OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
              false,
              new DEROctetString(nonce).getEncoded());
      CertID id = id(digest.algorithm(), issuer, certificate.getSerialNumber());
      return new OCSPRequest(
              new TBSRequest(null, new DERSequence(new Request(id, null)), new Extensions(echoed)),
              null)
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("a request cannot be encoded", e);
    }
  }

  private static CertID id(
      AlgorithmIdentifier algorithm, X509Certificate issuer, BigInteger serial) {
    String digest = DIGESTS.get(algorithm.getAlgorithm().getId());
    byte[] key =
        SubjectPublicKeyInfo.getInstance(issuer.getPublicKey().getEncoded())
            .getPublicKeyData()
            .getBytes();
    return new CertID(
        algorithm,
        new DEROctetString(hash(digest, issuer.getSubjectX500Principal().getEncoded())),
        new DEROctetString(hash(digest, key)),
        new org.bouncycastle.asn1.ASN1Integer(serial));
  }

  private static byte[] hash(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }

  /**
   * Reads what is said of a certificate.
   *
   * @param der an OCSPResponse
   * @param certificate whose status is requested
   * @param issuer of that certificate
   * @param scheme in which alone responders sign
   * @throws MalformedEvidenceException unless it is a successful answer about that certificate
   */
  public static Answer read(
      byte[] der, X509Certificate certificate, X509Certificate issuer, SignatureScheme scheme)
      throws MalformedEvidenceException {
    if (der.length == 0 || der.length > MAX_BYTES) {
      throw KIND.refused("an answer of at most " + MAX_BYTES + " bytes", der.length);
    }
    try {
      return read(basic(der), certificate, issuer, scheme);
    } catch (IOException | ParseException | RuntimeException e) {
      // A malformed structure is any kind of unchecked exception of the library.
      throw KIND.refused("an OCSP response in DER", "other bytes");
    }
  }

  private static ASN1Sequence basic(byte[] der) throws IOException, MalformedEvidenceException {
    OCSPResponse response = OCSPResponse.getInstance(ASN1Primitive.fromByteArray(der));
    int status = response.getResponseStatus().getIntValue();
    if (status != OCSPResponseStatus.SUCCESSFUL) {
      throw KIND.refused("a successful answer", "status " + status);
    }
    ResponseBytes content = response.getResponseBytes();
    byte[] inner = content.getResponse().getOctets();
    ASN1Sequence basic = ASN1Sequence.getInstance(inner);
    // Written again by what it was read as: the library does not look at every tag.
    boolean oneSpelling =
        Arrays.equals(response.getEncoded(ASN1Encoding.DER), der)
            && Arrays.equals(
                BasicOCSPResponse.getInstance(basic).getEncoded(ASN1Encoding.DER), inner);
    if (!OCSPObjectIdentifiers.id_pkix_ocsp_basic.equals(content.getResponseType())
        || !oneSpelling) {
      throw KIND.refused("a basic answer in DER", "another");
    }
    return basic;
  }

  private static Answer read(
      ASN1Sequence parts,
      X509Certificate certificate,
      X509Certificate issuer,
      SignatureScheme scheme)
      throws MalformedEvidenceException, IOException, ParseException {
    BasicOCSPResponse basic = BasicOCSPResponse.getInstance(parts);
    ResponseData data = basic.getTbsResponseData();
    refuseCritical(data.getResponseExtensions());
    SingleResponse single = about(data, certificate, issuer);
    refuseCritical(single.getSingleExtensions());
    if (basic.getSignature().getPadBits() != 0) {
      throw KIND.refused("a signature of whole bytes", "others");
    }
    ASN1GeneralizedTime next = single.getNextUpdate();
    return new Answer(
        status(single.getCertStatus()),
        single.getThisUpdate().getDate().toInstant(),
        next == null ? Optional.empty() : Optional.of(next.getDate().toInstant()),
        nonce(data.getResponseExtensions()),
        parts.getObjectAt(0).toASN1Primitive().getEncoded(ASN1Encoding.DER),
        scheme.isNamed(basic.getSignatureAlgorithm()),
        basic.getSignature().getBytes(),
        certificates(basic.getCerts()));
  }

  private static void refuseCritical(@Nullable Extensions extensions)
      throws MalformedEvidenceException {
    if (extensions != null && extensions.getCriticalExtensionOIDs().length > 0) {
      throw KIND.refused("no critical extension", "one");
    }
  }

  private static SingleResponse about(
      ResponseData data, X509Certificate certificate, X509Certificate issuer)
      throws MalformedEvidenceException {
    ASN1Sequence singles = data.getResponses();
    if (singles.size() > MAX_SINGLES) {
      throw KIND.refused("at most " + MAX_SINGLES + " statuses", singles.size());
    }
    for (ASN1Encodable item : singles) {
      SingleResponse single = SingleResponse.getInstance(item);
      CertID id = single.getCertID();
      if (DIGESTS.containsKey(id.getHashAlgorithm().getAlgorithm().getId())
          && isSame(id, id(id.getHashAlgorithm(), issuer, certificate.getSerialNumber()))) {
        return single;
      }
    }
    throw KIND.refused(
        "the status of " + certificate.getSerialNumber().toString(16), "of other certificates");
  }

  private static boolean isSame(CertID one, CertID other) {
    return one.getSerialNumber().equals(other.getSerialNumber())
        && one.getIssuerNameHash().equals(other.getIssuerNameHash())
        && one.getIssuerKeyHash().equals(other.getIssuerKeyHash());
  }

  private static Status status(CertStatus status) {
    if (status.getTagNo() == GOOD) {
      return Status.GOOD;
    }
    if (status.getTagNo() != REVOKED) {
      return Status.UNKNOWN;
    }
    CRLReason reason = RevokedInfo.getInstance(status.getStatus()).getRevocationReason();
    return reason != null
            && ASN1Enumerated.getInstance(reason.toASN1Primitive()).intValueExact()
                == CRLReason.certificateHold
        ? Status.ON_HOLD
        : Status.REVOKED;
  }

  private static Optional<byte[]> nonce(@Nullable Extensions extensions) {
    if (extensions == null
        || extensions.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce) == null) {
      return Optional.empty();
    }
    return Optional.of(
        ASN1OctetString.getInstance(
                extensions.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce).getParsedValue())
            .getOctets());
  }

  private static List<DerCertificate> certificates(@Nullable ASN1Sequence sequence)
      throws IOException, MalformedEvidenceException {
    List<DerCertificate> certificates = new ArrayList<>();
    if (sequence != null) {
      if (sequence.size() > MAX_CERTIFICATES) {
        throw KIND.refused("at most " + MAX_CERTIFICATES + " certificates", sequence.size());
      }
      for (ASN1Encodable item : sequence) {
        certificates.add(DerCertificate.parse(item.toASN1Primitive().getEncoded(ASN1Encoding.DER)));
      }
    }
    return certificates;
  }
}
