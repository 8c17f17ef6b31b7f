// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.azure.collateral.AzureAnchors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;

/** A simulated endorser of utility VMs: its own root and a signer of endorsements. */
public final class SimulatedUvm {
  /** Purpose of the signer's certificate, as of Microsoft's for container groups. */
  public static final String PURPOSE = "1.3.6.1.4.1.311.76.59.1.2";

  private static final String NAME = "SIMULATED Supply Chain Root";
  private static final Duration VALIDITY = Duration.ofDays(365);
  private static final int BITS = 3072;

  private final SimulatedAuthority root;
  private final SimulatedAuthority signer;
  private final String purpose;
  private final Instant made;
  private final SecureRandom random;

  private SimulatedUvm(
      SimulatedAuthority root, String purpose, KeyPair keys, Instant made, SecureRandom random) {
    this.root = root;
    this.purpose = purpose;
    this.made = made;
    this.random = random;
    X509v3CertificateBuilder builder =
        root.leaf("SIMULATED ContainerPlat", BigInteger.TWO, made, VALIDITY, keys);
    try {
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
          .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
          .addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(KeyPurposeId.getInstance(new ASN1ObjectIdentifier(purpose))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.signer = root.sealed("SIMULATED ContainerPlat", builder, keys);
  }

  /**
   * Makes an issuer with fresh keys.
   *
   * @param made when its certificates begin
   * @param random source of its keys
   * @return the issuer
   */
  public static SimulatedUvm create(Instant made, SecureRandom random) {
    return new SimulatedUvm(
        SimulatedAuthority.root(NAME, SimulatedAuthority.p384(random), made),
        PURPOSE,
        keys(random),
        made,
        random);
  }

  private static KeyPair keys(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Certifies another signer under the same root, for another purpose: Microsoft's also signs other
   * things than utility VMs.
   *
   * @param oid of the purpose
   * @return an issuer whose signer is for that alone
   */
  public SimulatedUvm forPurpose(String oid) {
    return new SimulatedUvm(root, oid, signer.keys(), made, random);
  }

  /**
   * Certifies another key of the signer under the same root.
   *
   * @param keys of RSA
   * @return an issuer that signs with them
   */
  public SimulatedUvm withKeys(KeyPair keys) {
    return new SimulatedUvm(root, purpose, keys, made, random);
  }

  /**
   * Returns the record of its root. A verifier with it trusts endorsements that anyone with this
   * object can create.
   *
   * @return an anchor of origin {@code SIMULATED}
   */
  public TrustAnchor anchor() {
    return new TrustAnchor(
        AzureAnchors.FAMILY,
        AzureAnchors.PRODUCT_LINE,
        AzureAnchors.ROLE,
        SimulatedAuthority.principal(NAME),
        Set.of(Pem.sha256(root.der())),
        Pem.sha256(root.publicKey()),
        TrustAnchor.Origin.SIMULATED);
  }

  /**
   * Returns who it is.
   *
   * @return {@code did:x509}
   */
  public String issuer() {
    return "did:x509:0:sha256:"
        + Base64.getUrlEncoder().withoutPadding().encodeToString(Pem.digest(root.der()))
        + "::eku:"
        + purpose;
  }

  /**
   * Returns its certificates.
   *
   * @return DER, the signer's first
   */
  public List<byte[]> chain() {
    return List.of(signer.der(), root.der());
  }

  /**
   * Starts an endorsement of security version 104.
   *
   * @param at when it is signed
   * @return a good endorsement to change
   */
  public SimulatedEndorsement endorsement(Instant at) {
    return SimulatedEndorsement.of(issuer(), chain(), at);
  }

  /**
   * Signs an endorsement.
   *
   * @param endorsement to sign, with PS384 whatever its header says
   * @return COSE_Sign1
   */
  public byte[] sign(SimulatedEndorsement endorsement) {
    try {
      Signature signature = Signature.getInstance("RSASSA-PSS");
      signature.setParameter(
          new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1));
      signature.initSign(signer.keys().getPrivate(), random);
      signature.update(endorsement.signed());
      return endorsement.document(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
