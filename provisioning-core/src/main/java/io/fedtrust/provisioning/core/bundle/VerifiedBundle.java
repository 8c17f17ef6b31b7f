// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.bundle;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.SignedBundle;
import io.fedtrust.provisioning.UntrustedBundle;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.SignedDocument;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Map;

/**
 * A signed zip that is consistent in itself; trusted once a fingerprint was compared, or the caller
 * chose to go without.
 *
 * @param signedZip where it came from
 * @param metadata signed.json
 * @param metadataJson signed.json, byte for byte
 * @param metadataDocument signed.json as maps
 * @param site site.yaml
 * @param leaf the participant's certificate
 * @param leafPem its file, byte for byte
 * @param root the root certificate
 * @param rootPem rootCA.pem, byte for byte
 * @param host for warnings and the clock
 */
public record VerifiedBundle(
    Path signedZip,
    ApprovalMetadata metadata,
    byte[] metadataJson,
    Map<String, Object> metadataDocument,
    Map<String, Object> site,
    CertificateFile leaf,
    byte[] leafPem,
    CertificateFile root,
    byte[] rootPem,
    EngineContext host)
    implements UntrustedBundle {

  /**
   * Returns the verified bundle behind a trusted one.
   *
   * @throws IllegalArgumentException if the bundle does not come from this library
   */
  public static VerifiedBundle from(SignedBundle bundle) {
    if (bundle instanceof Trusted trusted) {
      return trusted.bundle();
    }
    throw new IllegalArgumentException("the bundle must come from SignedBundle.open");
  }

  @Override
  public SignedBundle trust(Fingerprint fingerprint) {
    Fingerprint actual = Fingerprint.ofCertificate(root.der());
    if (!actual.equals(fingerprint)) {
      throw refuse(ErrorCode.ROOTCA_FINGERPRINT_MISMATCH, SignedDocument.ROOT_CA)
          .expected(fingerprint)
          .actual(actual)
          .build();
    }
    return new Trusted(this, true);
  }

  @Override
  public SignedBundle trustOnFirstUse() {
    host.warn(
        "the root CA's fingerprint was not compared with one from another channel; it is "
            + Fingerprint.ofCertificate(root.der()));
    return new Trusted(this, false);
  }

  /** Refuses a leaf that the root did not issue. */
  public void requireChain() {
    boolean issued =
        root.isSelfSigned()
            && root.isCa()
            && root.mayCertify()
            && leaf.names(root)
            && leaf.isSignedBy(root.publicKey())
            && !leaf.isCa();
    if (!issued) {
      throw refuse(ErrorCode.CERT_CHAIN_INVALID, metadata.name() + ".crt")
          .problem(
              "is not issued by rootCA.pem: issuer "
                  + (leaf.names(root) ? "key" : "name")
                  + " or CA constraints differ")
          .build();
    }
  }

  /** Refuses certificates outside their validity. */
  public void requireValidity(Instant now) {
    requireWithin(metadata.name() + ".crt", leaf, now);
    requireWithin(SignedDocument.ROOT_CA, root, now);
  }

  private static void requireWithin(String name, CertificateFile certificate, Instant now) {
    if (now.isAfter(certificate.notAfter())) {
      throw refuse(ErrorCode.CERT_EXPIRED, name)
          .expected("valid until after " + Timestamps.text(now))
          .actual(Timestamps.text(certificate.notAfter()))
          .build();
    }
    if (now.isBefore(certificate.notBefore())) {
      throw refuse(ErrorCode.CERT_NOT_YET_VALID, name)
          .expected("valid since before " + Timestamps.text(now))
          .actual(Timestamps.text(certificate.notBefore()))
          .build();
    }
  }

  @Override
  public String toString() {
    return "UntrustedBundle[" + metadata.project() + " " + metadata.name() + "]";
  }

  /**
   * The bundle after the caller's decision.
   *
   * @param bundle what was verified
   * @param fingerprintVerified how it came to be trusted
   */
  public record Trusted(VerifiedBundle bundle, boolean fingerprintVerified)
      implements SignedBundle {
    @Override
    public ApprovalMetadata metadata() {
      return bundle.metadata();
    }

    @Override
    public X509Certificate certificate() {
      return toX509(bundle.leaf());
    }

    @Override
    public X509Certificate rootCertificate() {
      return toX509(bundle.root());
    }

    private static X509Certificate toX509(CertificateFile certificate) {
      try {
        return certificate.toX509();
      } catch (IOException e) {
        throw refuse(ErrorCode.INVALID_SIGNED_ZIP, "certificate")
            .malformed("a certificate the JDK can use")
            .cause(e)
            .build();
      }
    }

    @Override
    public String toString() {
      return "SignedBundle[" + metadata().project() + " " + metadata().name() + "]";
    }
  }
}
