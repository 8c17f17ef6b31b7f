// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.pki;

import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.Validity;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.pki.DerCertificate;
import io.fedtrust.attestation.providers.pki.IssuanceChecks;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An authority's statement about a certificate; its signature is verified, its time is not.
 *
 * @param status of the certificate
 * @param use the entry of the response in a verdict
 * @param responder validity of the signer's certificate and of all above it
 */
public record OcspStatus(Ocsp.Status status, CollateralUse use, Validity responder) {
  /** The validity of a response without nextUpdate. */
  public static final Duration LIFE = Duration.ofHours(1);

  private static final String OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
  private static final JsonObject.Kind KIND =
      new JsonObject.Kind("collateral.ocsp", ReasonCode.COLLATERAL_UNAVAILABLE, Ocsp.SOURCE);
  private static final int MAX_STEPS = 4;

  /**
   * Verifies an answer: it is signed by the certificate's issuer, or by a responder that is made
   * for it and leads to the same root.
   *
   * @param item the answer
   * @param channel what a newer one replaces
   * @param path of the certificate, proven
   * @param distance of the certificate from the end entity of its path
   * @param issuance how all of them sign
   * @throws MalformedEvidenceException saying what is wrong
   */
  public static OcspStatus verified(
      CollateralItem item,
      String channel,
      CertificatePath path,
      int distance,
      IssuanceChecks issuance)
      throws MalformedEvidenceException {
    X509Certificate issuer = path.certificate(distance + 1);
    Ocsp.Answer answer =
        Ocsp.read(item.bytes(), path.certificate(distance), issuer, issuance.scheme());
    List<X509Certificate> responders = new ArrayList<>();
    if (answer.algorithm() && isSigned(answer, issuer, issuance)) {
      responders.add(issuer);
    } else if (answer.algorithm()) {
      responders.addAll(delegated(answer, path, issuance));
    }
    if (responders.isEmpty()) {
      throw KIND.refused("a signature of the issuer or of its responder", "another");
    }
    return new OcspStatus(
        answer.status(),
        new CollateralUse(
            channel,
            item.sha256(),
            Optional.empty(),
            answer.thisUpdate(),
            answer.nextUpdate().orElse(answer.thisUpdate().plus(LIFE))),
        Validity.of(responders));
  }

  private static boolean isSigned(Ocsp.Answer answer, X509Certificate by, IssuanceChecks issuance) {
    return issuance
        .signatures()
        .verify(issuance.scheme(), by.getPublicKey(), answer.signed(), answer.signature());
  }

  /** Returns the responder and those above it, without the root; empty if it is none. */
  private static List<X509Certificate> delegated(
      Ocsp.Answer answer, CertificatePath path, IssuanceChecks issuance) {
    for (DerCertificate candidate : answer.certificates()) {
      if (isResponder(candidate.certificate())
          && isSigned(answer, candidate.certificate(), issuance)) {
        return climb(candidate, answer.certificates(), path, issuance);
      }
    }
    return List.of();
  }

  private static List<X509Certificate> climb(
      DerCertificate responder,
      List<DerCertificate> others,
      CertificatePath path,
      IssuanceChecks issuance) {
    List<X509Certificate> climbed = new ArrayList<>();
    DerCertificate at = responder;
    while (climbed.size() < MAX_STEPS) {
      climbed.add(at.certificate());
      DerCertificate lower = at;
      boolean known =
          path.certificates().stream()
              .skip(1)
              .anyMatch(upper -> issuance.issued(lower, upper.certificate()));
      if (known) {
        return climbed;
      }
      Optional<DerCertificate> next =
          others.stream()
              .filter(upper -> !Arrays.equals(upper.der(), lower.der()))
              .filter(upper -> issuance.issued(lower, upper.certificate()))
              .findFirst();
      if (next.isEmpty()) {
        return List.of();
      }
      at = next.get();
    }
    return List.of();
  }

  private static boolean isResponder(X509Certificate certificate) {
    try {
      List<String> purposes = certificate.getExtendedKeyUsage();
      return purposes != null && purposes.contains(OCSP_SIGNING);
    } catch (CertificateParsingException e) {
      return false;
    }
  }
}
