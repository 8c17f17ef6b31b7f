// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Section 13: RSASSA-PSS with another salt, hash or mask than AMD's is no signature of AMD's. */
class PssParametersTest {
  private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
  private static final int ALGORITHM = 2;
  private static KeyPair keys;

  @BeforeAll
  static void makeKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    keys = generator.generateKeyPair();
  }

  private static byte[] certificate(String algorithm, Optional<AlgorithmParameterSpec> parameters)
      throws Exception {
    X500Name name = new X500Name("CN=test");
    JcaContentSignerBuilder signer =
        parameters.isPresent()
            ? new JcaContentSignerBuilder(algorithm, parameters.get())
            : new JcaContentSignerBuilder(algorithm);
    return new X509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(FROM),
            Date.from(FROM.plus(Duration.ofDays(1))),
            name,
            SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()))
        .build(signer.setProvider(new BouncyCastleProvider()).build(keys.getPrivate()))
        .getEncoded();
  }

  private static Optional<AlgorithmParameterSpec> pss(
      String hash, MGF1ParameterSpec mask, int salt) {
    return Optional.of(new PSSParameterSpec(hash, "MGF1", mask, salt, 1));
  }

  @Test
  @DisplayName("SHA-384 throughout with a salt of 48 bytes is accepted")
  void amdsOwn() throws Exception {
    byte[] good = certificate("SHA384WITHRSAANDMGF1", Optional.empty());
    assertThat(isPssSha384(good)).isTrue();
    assertThat(verifies(good)).isTrue();
  }

  @Test
  @DisplayName("another salt, hash, mask or scheme is refused")
  void others() throws Exception {
    for (byte[] other :
        new byte[][] {
          certificate("SHA384WITHRSAANDMGF1", pss("SHA-384", MGF1ParameterSpec.SHA384, 32)),
          certificate("SHA256WITHRSAANDMGF1", Optional.empty()),
          certificate("SHA384WITHRSA", Optional.empty())
        }) {
      assertThat(isPssSha384(other)).isFalse();
      assertThat(verifies(other)).isFalse();
    }
  }

  @Test
  @DisplayName("another hash in the mask is refused")
  void otherMask() throws Exception {
    HexFormat hex = HexFormat.of();
    String good = hex.formatHex(certificate("SHA384WITHRSAANDMGF1", Optional.empty()));
    String maskOfSha384 = "(06092a864886f70d010108300[bd]060960864801650304020)2";
    String other = good.replaceAll(maskOfSha384, "$11");
    assertThat(other).isNotEqualTo(good);
    assertThat(isPssSha384(hex.parseHex(other))).isFalse();
  }

  @Test
  @DisplayName("algorithms that differ inside and outside, or stand in no certificate, are refused")
  void disagreeing() throws Exception {
    ASN1Sequence good =
        ASN1Sequence.getInstance(certificate("SHA384WITHRSAANDMGF1", Optional.empty()));
    ASN1Sequence other = ASN1Sequence.getInstance(certificate("SHA384WITHRSA", Optional.empty()));
    ASN1EncodableVector mixed = new ASN1EncodableVector();
    mixed.add(good.getObjectAt(0));
    mixed.add(other.getObjectAt(1));
    mixed.add(good.getObjectAt(2));
    assertThat(isPssSha384(new DERSequence(mixed).getEncoded())).isFalse();
    assertThat(isPssSha384(new byte[] {0x30, 7, 0x30, 0, 0x30, 0, 0x03, 1, 0})).isFalse();
    for (byte[] none : new byte[][] {{}, {1}, {0x30, 0}, {0x30, (byte) 0x80, 0, 0}}) {
      assertThatThrownBy(() -> SignedAsn1.parse(none))
          .isInstanceOf(MalformedEvidenceException.class);
    }
  }

  @Test
  @DisplayName("a signature that leaves out bits is a second spelling of the same one")
  void unusedBits() throws Exception {
    byte[] whole = {0x30, 8, 0x30, 0, 0x30, 0, 0x03, 2, 0, 0x40};
    assertThat(SignedAsn1.parse(whole).der()).isEqualTo(whole);
    byte[] seven = whole.clone();
    seven[8] = 1;
    assertThatThrownBy(() -> SignedAsn1.parse(seven))
        .isInstanceOf(MalformedEvidenceException.class);
  }

  private static boolean isPssSha384(byte[] der) throws Exception {
    return SignedAsn1.parse(der).names(SignatureScheme.PSS_SHA384, ALGORITHM);
  }

  private static boolean verifies(byte[] certificate) throws Exception {
    ASN1Sequence parts = ASN1Sequence.getInstance(certificate);
    return new Signatures(Optional.empty())
        .verify(
            SignatureScheme.PSS_SHA384,
            keys.getPublic(),
            parts.getObjectAt(0).toASN1Primitive().getEncoded(),
            org.bouncycastle.asn1.ASN1BitString.getInstance(parts.getObjectAt(2)).getOctets());
  }
}
