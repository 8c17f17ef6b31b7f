// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.format.DidX509;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An identity made of certificates: every predicate held and broken, every shape refused. */
class DidX509Test {
  private static final Instant LONG_AGO = Instant.parse("2011-01-01T00:00:00Z");
  private static final String PURPOSE = "1.3.6.1.4.1.311.76.59.1.2";
  private static final KeyPair ROOT_KEYS = keys();
  private static final KeyPair LEAF_KEYS = keys();
  private static final X509Certificate ROOT = root(5);

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a certificate has beside its names. */
  @FunctionalInterface
  private interface Content {
    void put(X509v3CertificateBuilder certificate) throws Exception;
  }

  private static X509Certificate certificate(
      String issuer, KeyPair signer, String subject, KeyPair keys, Content content) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Name(issuer),
              BigInteger.TEN,
              Date.from(LONG_AGO),
              Date.from(LONG_AGO.plus(Duration.ofDays(30))),
              new X500Name(subject),
              keys.getPublic());
      content.put(builder);
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate root(int below) {
    return authority("CN=Root", ROOT_KEYS, "CN=Root", ROOT_KEYS, below);
  }

  private static X509Certificate authority(
      String issuer, KeyPair signer, String subject, KeyPair keys, int below) {
    return certificate(
        issuer,
        signer,
        subject,
        keys,
        made -> {
          made.addExtension(Extension.basicConstraints, true, new BasicConstraints(below));
          made.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
        });
  }

  private static X509Certificate leaf(Content content) {
    return certificate(
        "CN=Root",
        ROOT_KEYS,
        "C=DE,O=Charit\u00e9 Berlin\\, Inc.,OU=B,2.5.4.5=7,CN=signer",
        LEAF_KEYS,
        content);
  }

  private static X509Certificate plain() {
    return leaf(made -> {});
  }

  private static String fingerprint(String algorithm, X509Certificate certificate) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String did(String predicates) {
    return "did:x509:0:sha256:" + fingerprint("SHA-256", ROOT) + predicates;
  }

  private static void holds(String predicates, X509Certificate leaf) throws Exception {
    assertThat(DidX509.parse(did(predicates)).mismatch(List.of(leaf, ROOT))).isEmpty();
  }

  private static void fails(String saying, String predicates, X509Certificate leaf)
      throws Exception {
    assertThat(DidX509.parse(did(predicates)).mismatch(List.of(leaf, ROOT)))
        .hasValueSatisfying(why -> assertThat(why).contains(saying));
  }

  @Test
  @DisplayName("a purpose that the certificate has, and no other")
  void purposes() throws Exception {
    X509Certificate leaf =
        leaf(
            made ->
                made.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(
                        KeyPurposeId.getInstance(new ASN1ObjectIdentifier(PURPOSE)))));
    holds("::eku:" + PURPOSE, leaf);
    fails("eku", "::eku:1.3.6.1.4.1.311.76.59.1.3", leaf);
    fails("eku", "::eku:" + PURPOSE, plain());
  }

  @Test
  @DisplayName("attributes of the subject, each as it is there, by short name or number")
  void subjects() throws Exception {
    holds("::subject:CN:signer", plain());
    holds("::subject:C:DE:O:Charit%C3%A9%20Berlin%2C%20Inc.:OU:B", plain());
    holds("::subject:C:DE::subject:OU:B", plain());
    holds("::subject:2.5.4.5:7", plain());
    fails("subject", "::subject:CN:signe", plain());
    fails("subject", "::subject:CN:signer:O:Other", plain());
    fails("subject", "::subject:L:Berlin", plain());
    fails("subject", "::subject:CN:signer::subject:C:FR", plain());
  }

  @Test
  @DisplayName("A chain whose names repeat an attribute has no identity, whatever is asked of it")
  void repeatedAttributes() throws Exception {
    for (String subject :
        List.of("CN=Leaf,CN=Other", "CN=Other,CN=Leaf", "CN=Leaf+CN=Other", "CN=Leaf,OU=A,OU=B")) {
      X509Certificate leaf = certificate("CN=Root", ROOT_KEYS, subject, LEAF_KEYS, made -> {});
      fails("repeats an attribute", "::subject:CN:Leaf", leaf);
      fails("repeats an attribute", "::subject:CN:Other", leaf);
    }
    X509Certificate once = certificate("CN=Root", ROOT_KEYS, "OU=A+CN=Leaf", LEAF_KEYS, made -> {});
    holds("::subject:CN:Leaf:OU:A", once);
    X509Certificate root = authority("CN=R,CN=S", ROOT_KEYS, "CN=R,CN=S", ROOT_KEYS, 1);
    X509Certificate below = certificate("CN=R,CN=S", ROOT_KEYS, "CN=Leaf", LEAF_KEYS, made -> {});
    String did = "did:x509:0:sha256:" + fingerprint("SHA-256", root) + "::subject:CN:Leaf";
    assertThat(DidX509.parse(did).mismatch(List.of(below, root)))
        .hasValueSatisfying(why -> assertThat(why).contains("repeats an attribute"));
  }

  @Test
  @DisplayName("alternative names of the stated kind; names of other kinds are no identity")
  void alternativeNames() throws Exception {
    X509Certificate leaf =
        leaf(
            made ->
                made.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                        new GeneralName[] {
                          new GeneralName(GeneralName.rfc822Name, "a@example.org"),
                          new GeneralName(GeneralName.dNSName, "example.org"),
                          new GeneralName(
                              GeneralName.uniformResourceIdentifier, "https://example.org/a")
                        })));
    holds("::san:email:a%40example.org", leaf);
    holds("::san:dns:example.org", leaf);
    holds("::san:uri:https%3A%2F%2Fexample.org%2Fa", leaf);
    fails("san", "::san:dns:a.example.org", leaf);
    fails("san", "::san:uri:example.org", leaf);
    fails("san", "::san:dns:example.org", plain());
    X509Certificate addressed =
        leaf(
            made ->
                made.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                        new GeneralName[] {
                          new GeneralName(GeneralName.dNSName, "example.org"),
                          new GeneralName(GeneralName.iPAddress, "192.0.2.7")
                        })));
    fails("alternative names", "::san:dns:example.org", addressed);
  }

  @Test
  @DisplayName("the issuer of an identity that Fulcio saw")
  void fulcio() throws Exception {
    X509Certificate leaf =
        leaf(
            made ->
                made.addExtension(
                    new ASN1ObjectIdentifier("1.3.6.1.4.1.57264.1.1"),
                    false,
                    "https://issuer.example.org".getBytes(StandardCharsets.UTF_8)));
    holds("::fulcio-issuer:issuer.example.org", leaf);
    fails("fulcio-issuer", "::fulcio-issuer:example.org", leaf);
    fails("fulcio-issuer", "::fulcio-issuer:issuer.example.org", plain());
  }

  @Test
  @DisplayName("keys for signatures or key agreement, or for anything, and for nothing else")
  void usages() throws Exception {
    for (int usage : new int[] {KeyUsage.digitalSignature, KeyUsage.keyAgreement}) {
      holds(
          "::subject:CN:signer",
          leaf(made -> made.addExtension(Extension.keyUsage, true, new KeyUsage(usage))));
    }
    fails(
        "for signatures",
        "::subject:CN:signer",
        leaf(
            made ->
                made.addExtension(
                    Extension.keyUsage, true, new KeyUsage(KeyUsage.keyEncipherment))));
  }

  @Test
  @DisplayName("the fingerprint is of one above the end entity, in any of three algorithms")
  void fingerprints() throws Exception {
    List<X509Certificate> chain = List.of(plain(), ROOT);
    for (String bits : List.of("256", "384", "512")) {
      String did =
          "did:x509:0:sha" + bits + ":" + fingerprint("SHA-" + bits, ROOT) + "::subject:CN:signer";
      assertThat(DidX509.parse(did).mismatch(chain)).as(did).isEmpty();
    }
    String own = "did:x509:0:sha256:" + fingerprint("SHA-256", plain()) + "::subject:CN:signer";
    assertThat(DidX509.parse(own).mismatch(chain))
        .hasValueSatisfying(why -> assertThat(why).contains("fingerprint"));
  }

  @Test
  @DisplayName("one broken predicate of several breaks the identity")
  void everyPredicate() throws Exception {
    fails("subject", "::subject:CN:signer::subject:CN:other", plain());
    fails("eku", "::subject:CN:signer::eku:1.2.3", plain());
  }

  @Test
  @DisplayName("a chain is 2 to 10 certificates, each issued by the next, under a CA that may")
  void chains() throws Exception {
    DidX509 identity = DidX509.parse(did("::subject:CN:signer"));
    assertThat(identity.mismatch(List.of(plain())))
        .hasValueSatisfying(why -> assertThat(why).contains("2 to 10 certificates"));
    List<X509Certificate> long11 = new ArrayList<>(List.of(plain()));
    for (int i = 0; i < 10; i++) {
      long11.add(ROOT);
    }
    assertThat(identity.mismatch(long11))
        .hasValueSatisfying(why -> assertThat(why).contains("2 to 10 certificates, was 11"));
    X509Certificate foreign = certificate("CN=Root", keys(), "CN=signer", LEAF_KEYS, made -> {});
    assertThat(identity.mismatch(List.of(foreign, ROOT)))
        .hasValueSatisfying(why -> assertThat(why).contains("a valid path"));

    KeyPair middleKeys = keys();
    X509Certificate middle = authority("CN=Root", ROOT_KEYS, "CN=Middle", middleKeys, 0);
    X509Certificate below =
        certificate("CN=Middle", middleKeys, "CN=signer", LEAF_KEYS, made -> {});
    assertThat(identity.mismatch(List.of(below, middle, ROOT))).isEmpty();
    X509Certificate strict = root(0);
    String did = "did:x509:0:sha256:" + fingerprint("SHA-256", strict) + "::subject:CN:signer";
    assertThat(DidX509.parse(did).mismatch(List.of(below, middle, strict)))
        .hasValueSatisfying(why -> assertThat(why).contains("a CA that allows"));
    assertThat(DidX509.parse(did).mismatch(List.of(plain(), strict))).isEmpty();
    X509Certificate nobody = certificate("CN=Root", ROOT_KEYS, "CN=Root", ROOT_KEYS, made -> {});
    String noCa = "did:x509:0:sha256:" + fingerprint("SHA-256", nobody) + "::subject:CN:signer";
    assertThat(DidX509.parse(noCa).mismatch(List.of(plain(), nobody)))
        .hasValueSatisfying(why -> assertThat(why).contains("a CA that allows"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "::",
        "::eku",
        "::eku:",
        "::eku:1",
        "::eku:3.1",
        "::eku:1.02",
        "::eku:1.2:3",
        "::subject",
        "::subject:CN",
        "::subject:CN:a:CN:b",
        "::subject:CN:a:O",
        "::subject:X:a",
        "::san:dns",
        "::san:ip:a",
        "::san:dns:a:b",
        "::fulcio-issuer",
        "::fulcio-issuer:a:b",
        "::other:a",
        "::subject:CN:a%2",
        "::subject:CN:a%",
        "::subject:CN:%FF",
        "::subject:CN:a/b",
        "::subject:CN:a?b",
        "::subject:CN:a#b",
        "::subject:CN:signer:"
      })
  @DisplayName("predicates of other names, counts or characters are refused")
  void predicates(String predicates) {
    assertThatThrownBy(() -> DidX509.parse(did(predicates)))
        .isInstanceOf(MalformedEvidenceException.class);
  }

  @Test
  @DisplayName("identities of another method, version, algorithm or fingerprint are refused")
  void heads() throws Exception {
    String digest = fingerprint("SHA-256", ROOT);
    for (String head :
        List.of(
            "did:web:0:sha256:" + digest,
            "did:x509:1:sha256:" + digest,
            "did:x509:0:sha1:" + digest,
            "did:x509:0:sha256:" + digest + "A",
            "did:x509:0:sha256:" + digest + "=",
            "did:x509:0:sha384:" + digest,
            "did:x509:0:sha256:" + digest.substring(1),
            "did:x509:0:sha256:" + digest + ":more",
            "did:x509:0:sha256")) {
      assertThatThrownBy(() -> DidX509.parse(head + "::subject:CN:signer"))
          .as(head)
          .isInstanceOf(MalformedEvidenceException.class);
    }
    String most = did("::subject:CN:");
    String text = most + "a".repeat(2048 - most.length());
    assertThat(DidX509.parse(text)).hasToString(text);
    assertThatThrownBy(() -> DidX509.parse(text + "a"))
        .isInstanceOf(MalformedEvidenceException.class)
        .hasMessageContaining("2048");
  }
}
