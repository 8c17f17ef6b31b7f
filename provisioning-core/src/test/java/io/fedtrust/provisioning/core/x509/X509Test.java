// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.CertType;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, requests and certificates, field by field. */
class X509Test {
  private static final Jca JCA = World.jca();
  private static final KeyPair CA_KEYS = World.key(70);
  private static final KeyPair KEYS = World.key(71);
  private static final Instant START = Instant.parse("2026-11-20T21:30:00Z");
  private static final Instant END = START.plus(Duration.ofDays(3650));

  private static CertificateIssuer issuer(KeyPair keys) {
    return new CertificateIssuer(
        (algorithm, message) -> JCA.signPkcs1(keys.getPrivate(), message), new SecureRandom());
  }

  private static CertificateFile root(Optional<String> organization) throws Exception {
    return CertificateFile.ofDer(
        issuer(CA_KEYS).root("fed", organization, CA_KEYS.getPublic(), START, END), JCA);
  }

  private static CertificateFile leaf(CertType type, CertificateFile root, KeyPair signer)
      throws Exception {
    CertificateIssuer issuer = issuer(signer);
    CertificateIssuer.Unsigned unsigned =
        issuer.leaf(
            new CertificateIssuer.Leaf(
                "fl.example.org",
                "hospital",
                type,
                List.of("DNS:fl.example.org", "IP:192.0.2.7", "DNS:under_score@x"),
                KEYS.getPublic().getEncoded(),
                START,
                END),
            root);
    return CertificateFile.ofDer(issuer.sign(unsigned.der()), JCA);
  }

  @Test
  @DisplayName("a root certificate has the peer's extensions and verifies itself")
  void rootCertificate() throws Exception {
    CertificateFile root = root(Optional.empty());
    X509Certificate x509 = root.toX509();
    x509.verify(CA_KEYS.getPublic());
    assertThat(x509.getVersion()).isEqualTo(3);
    assertThat(x509.getSubjectX500Principal().getName()).isEqualTo("CN=fed");
    assertThat(x509.getIssuerX500Principal()).isEqualTo(x509.getSubjectX500Principal());
    assertThat(x509.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
    assertThat(bits(x509.getKeyUsage())).containsExactly(0, 5, 6);
    assertThat(x509.getExtendedKeyUsage()).isNull();
    assertThat(x509.getSubjectAlternativeNames()).containsExactly(List.of(2, "fed"));
    assertThat(x509.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.19", "2.5.29.15");
    assertThat(x509.getNonCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.14", "2.5.29.35", "2.5.29.17");
    assertThat(root.isSelfSigned()).isTrue();
    assertThat(root.isSelfSigned()).isTrue();
    assertThat(root.isCa()).isTrue();
    assertThat(root.mayCertify()).isTrue();
    assertThat(root.notBefore()).isEqualTo(START);
    assertThat(root.notAfter()).isEqualTo(END);
    assertThat(root(Optional.of("org")).toX509().getSubjectX500Principal().getName())
        .isEqualTo("O=org,CN=fed");
  }

  @Test
  @DisplayName("a site's certificate serves both ends of TLS, a user's only the client's")
  void leafCertificates() throws Exception {
    CertificateFile root = root(Optional.of("org"));
    CertificateFile server = leaf(CertType.SERVER, root, CA_KEYS);
    X509Certificate x509 = server.toX509();
    x509.verify(CA_KEYS.getPublic());
    assertThat(x509.getIssuerX500Principal()).isEqualTo(root.toX509().getSubjectX500Principal());
    assertThat(x509.getSubjectX500Principal().getName())
        .startsWith("1.2.840.113549.1.9.2=")
        .endsWith("O=hospital,CN=fl.example.org");
    assertThat(x509.getBasicConstraints()).isEqualTo(-1);
    assertThat(bits(x509.getKeyUsage())).containsExactly(0, 2);
    assertThat(x509.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1");
    assertThat(x509.getSubjectAlternativeNames())
        .containsExactly(
            List.of(2, "fl.example.org"), List.of(7, "192.0.2.7"), List.of(2, "under_score@x"));
    assertThat(x509.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.19", "2.5.29.15");
    byte[] keyId = Arrays.copyOfRange(x509.getExtensionValue("2.5.29.14"), 4, 24);
    byte[] own =
        SubjectPublicKeyInfo.getInstance(KEYS.getPublic().getEncoded())
            .getPublicKeyData()
            .getBytes();
    assertThat(keyId).isEqualTo(Jca.digest("SHA-1", own));
    byte[] issuerKeyId = x509.getExtensionValue("2.5.29.35");
    byte[] rootKeyId = root.toX509().getExtensionValue("2.5.29.14");
    assertThat(Arrays.copyOfRange(issuerKeyId, issuerKeyId.length - 20, issuerKeyId.length))
        .isEqualTo(Arrays.copyOfRange(rootKeyId, 4, 24));
    assertThat(server.serial()).isEqualTo("0x" + x509.getSerialNumber().toString(16));
    assertThat(x509.getSerialNumber()).isPositive();
    assertThat(x509.getSerialNumber().bitLength()).isLessThanOrEqualTo(159);
    assertThat(server.serial()).isNotEqualTo(leaf(CertType.SERVER, root, CA_KEYS).serial());
    assertThat(server.publicKeySha256()).isEqualTo(Jca.sha256(KEYS.getPublic().getEncoded()));

    X509Certificate lead = leaf(CertType.LEAD, root, CA_KEYS).toX509();
    assertThat(bits(lead.getKeyUsage())).containsExactly(0, 1);
    assertThat(lead.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
  }

  @Test
  @DisplayName("names, signatures and constraints of a chain are told apart")
  void chains() throws Exception {
    CertificateFile root = root(Optional.empty());
    CertificateFile other = root(Optional.of("org"));
    CertificateFile leaf = leaf(CertType.CLIENT, root, CA_KEYS);
    assertThat(leaf.names(root)).isTrue();
    assertThat(leaf.names(other)).isFalse();
    assertThat(leaf.isSignedBy(CA_KEYS.getPublic())).isTrue();
    assertThat(leaf.isSignedBy(KEYS.getPublic())).isFalse();
    assertThat(leaf(CertType.CLIENT, root, KEYS).isSignedBy(CA_KEYS.getPublic())).isFalse();
    assertThat(leaf.isSelfSigned()).isFalse();
    // Signed by its own key, in another's name.
    CertificateFile posing = leaf(CertType.CLIENT, root, KEYS);
    assertThat(posing.isSignedBy(KEYS.getPublic())).isTrue();
    assertThat(posing.isSelfSigned()).isFalse();
    assertThat(leaf.isCa()).isFalse();
    assertThat(leaf.mayCertify()).isFalse();
  }

  @Test
  @DisplayName("what is no certificate with an RSA key is an error, not a crash")
  void unreadableCertificates() throws Exception {
    byte[] der = root(Optional.empty()).der();
    assertThatThrownBy(() -> CertificateFile.ofDer(new byte[] {1, 2}, JCA))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> CertificateFile.ofDer(Arrays.copyOf(der, der.length - 9), JCA))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> CertificateFile.read(text("nothing"), JCA))
        .isInstanceOf(IOException.class);
    byte[] pem = Pem.encode("X509 CERTIFICATE", der);
    assertThat(CertificateFile.read(pem, JCA).der()).isEqualTo(der);
  }

  @ParameterizedTest
  @CsvSource({
    "1950-01-01T00:00:00Z, 500101000000Z",
    "2026-11-20T21:30:05Z, 261120213005Z",
    "2049-12-31T23:59:59Z, 491231235959Z",
    "1949-12-31T23:59:59Z, 19491231235959Z",
    "2050-01-01T00:00:00Z, 20500101000000Z"
  })
  @DisplayName("RFC 5280 4.1.2.5: UTCTime from 1950 through 2049, GeneralizedTime otherwise")
  void times(Instant instant, String text) {
    Time time = CertificateTimes.time(instant.plusMillis(999));
    assertThat(
            time.toASN1Primitive() instanceof ASN1GeneralizedTime general
                ? general.getTimeString()
                : time.toASN1Primitive().toString())
        .isEqualTo(text);
    assertThat(CertificateTimes.instant(time)).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2611202130Z", "261120213005+0100", "261320213005Z", "260230213005Z"})
  @DisplayName("UTCTimes without seconds, with an offset, or of no day are refused")
  void badUtcTimes(String text) {
    Time time = new Time(new DERUTCTime(text));
    assertThatThrownBy(() -> CertificateTimes.instant(time))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"20261120213005.5Z", "20261120243005Z"})
  @DisplayName("GeneralizedTimes with fractions or of no hour are refused")
  void badGeneralizedTimes(String text) {
    Time time = new Time(new DERGeneralizedTime(text));
    assertThatThrownBy(() -> CertificateTimes.instant(time))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("PEM: 64 columns, several blocks, text around them, private keys are seen")
  void pem() throws IOException {
    byte[] der = new byte[49];
    byte[] pem = Pem.encode("CERTIFICATE", der);
    String line = "A".repeat(64);
    assertThat(new String(pem, StandardCharsets.US_ASCII))
        .isEqualTo("-----BEGIN CERTIFICATE-----\n" + line + "\nAA==\n-----END CERTIFICATE-----\n");
    byte[] several = text("hello\n" + new String(pem, StandardCharsets.US_ASCII).repeat(2) + "end");
    assertThat(Pem.all(several, "CERTIFICATE")).hasSize(2).allMatch(d -> Arrays.equals(d, der));
    assertThat(Pem.all(several, "OTHER")).isEmpty();
    assertThat(Pem.first(several, "OTHER", "CERTIFICATE").orElseThrow().getContent())
        .isEqualTo(der);
    assertThat(Pem.first(several, "OTHER")).isEmpty();
    assertThatThrownBy(
            () -> Pem.all(text("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----"), "X"))
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "-----BEGIN PRIVATE KEY-----, true",
    "x-----BEGIN RSA PRIVATE KEY-----x, true",
    "-----BEGIN X----------BEGIN ANY PRIVATE KEY-----, true",
    "-----BEGIN PUBLIC KEY-----, false",
    "-----BEGIN PRIVATE KEY, false",
    "-----BEGIN PRIVATE KEYS-----, false",
    "BEGIN PRIVATE KEY-----, false"
  })
  @DisplayName("begin lines of private keys are found wherever they stand")
  void privateKeyMarkers(String text, boolean holds) {
    assertThat(Pem.holdsPrivateKey(text(text))).isEqualTo(holds);
  }

  @Test
  @DisplayName("keys are read in PKCS#1, PKCS#8 and encrypted PKCS#8, and nothing else")
  void keyFiles() throws Exception {
    char[] passphrase = "correct horse".toCharArray();
    byte[] pkcs1 = KeyFiles.encode(KEYS.getPrivate());
    byte[] pkcs8 = Pem.encode("PRIVATE KEY", KEYS.getPrivate().getEncoded());
    byte[] encrypted = KeyFiles.encodeEncrypted(KEYS.getPrivate(), passphrase, JCA);
    assertThat(new String(pkcs1, StandardCharsets.US_ASCII)).startsWith("-----BEGIN RSA PRIVATE");
    assertThat(KeyFiles.decode(pkcs1, new char[0], JCA)).isEqualTo(KEYS.getPrivate());
    assertThat(KeyFiles.decode(pkcs8, new char[0], JCA)).isEqualTo(KEYS.getPrivate());
    assertThat(KeyFiles.decode(encrypted, passphrase, JCA)).isEqualTo(KEYS.getPrivate());
    assertThat(encrypted)
        .isNotEqualTo(KeyFiles.encodeEncrypted(KEYS.getPrivate(), passphrase, JCA));
    assertThatThrownBy(() -> KeyFiles.decode(encrypted, new char[0], JCA))
        .isInstanceOf(KeyFiles.EncryptedKeyException.class)
        .hasMessageContaining("no passphrase");
    assertThatThrownBy(() -> KeyFiles.decode(encrypted, "wrong".toCharArray(), JCA))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageNotContaining("wrong");
    assertThat(KeyFiles.isEncrypted(encrypted)).isTrue();
    assertThat(KeyFiles.isEncrypted(pkcs8)).isFalse();
    assertThat(KeyFiles.isEncrypted(text("nothing"))).isFalse();
    byte[] traditional =
        text(
            """
            -----BEGIN RSA PRIVATE KEY-----
            Proc-Type: 4,ENCRYPTED

            AAAA
            -----END RSA PRIVATE KEY-----
            """);
    assertThat(KeyFiles.isEncrypted(traditional)).isTrue();
    assertThatThrownBy(() -> KeyFiles.decode(traditional, passphrase, JCA))
        .isInstanceOf(KeyFiles.EncryptedKeyException.class)
        .hasMessageContaining("PKCS#8");
    assertThatThrownBy(() -> KeyFiles.decode(text("nothing"), passphrase, JCA))
        .isInstanceOf(IOException.class);
    for (String label : List.of("RSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY")) {
      byte[] broken = Pem.encode(label, new byte[] {0x30, 1, 0});
      assertThatThrownBy(() -> KeyFiles.decode(broken, passphrase, JCA))
          .isInstanceOfAny(IOException.class, GeneralSecurityException.class);
    }
  }

  @Test
  @DisplayName("each encryption has a salt and an initialization vector of its own")
  void freshSaltAndVector() throws Exception {
    char[] passphrase = "correct horse".toCharArray();
    PBES2Parameters first = parameters(passphrase);
    PBES2Parameters second = parameters(passphrase);
    assertThat(first.getKeyDerivationFunc()).isNotEqualTo(second.getKeyDerivationFunc());
    assertThat(first.getEncryptionScheme()).isNotEqualTo(second.getEncryptionScheme());
  }

  private static PBES2Parameters parameters(char[] passphrase) throws Exception {
    byte[] pem = KeyFiles.encodeEncrypted(KEYS.getPrivate(), passphrase, JCA);
    byte[] der = Pem.first(pem, "ENCRYPTED PRIVATE KEY").orElseThrow().getContent();
    return PBES2Parameters.getInstance(
        EncryptedPrivateKeyInfo.getInstance(der).getEncryptionAlgorithm().getParameters());
  }

  @Test
  @DisplayName("a key belongs to a certificate by its modulus")
  void keyPairs() throws Exception {
    assertThat(KeyFiles.belongs(KEYS.getPrivate(), KEYS.getPublic())).isTrue();
    assertThat(KeyFiles.belongs(KEYS.getPrivate(), CA_KEYS.getPublic())).isFalse();
    KeyPair ec = ec();
    assertThat(KeyFiles.belongs(ec.getPrivate(), KEYS.getPublic())).isFalse();
    assertThat(KeyFiles.belongs(KEYS.getPrivate(), ec.getPublic())).isFalse();
    assertThat(Jca.bits(KEYS.getPublic())).isEqualTo(2048);
    assertThat(Jca.bits(ec.getPublic())).isZero();
  }

  @Test
  @DisplayName("new keys are RSA-2048 with the exponent 65537")
  void newKeys() throws Exception {
    KeyPair made = JCA.generateKeyPair(Jca.KEY_BITS);
    assertThat(Jca.bits(made.getPrivate())).isEqualTo(Jca.KEY_BITS);
    assertThat(((java.security.interfaces.RSAPublicKey) made.getPublic()).getPublicExponent())
        .isEqualTo(BigInteger.valueOf(65537));
  }

  @Test
  @DisplayName("RSA-PSS with the longest salt: 222 bytes for 2048 bits, and for odd sizes, too")
  void pss() throws Exception {
    byte[] message = text("message");
    byte[] signature = JCA.signPss(KEYS.getPrivate(), message);
    assertThat(JCA.verifyPss(KEYS.getPublic(), message, signature)).isTrue();
    assertThat(JCA.verifyPss(KEYS.getPublic(), text("messagE"), signature)).isFalse();
    assertThat(JCA.verifyPss(CA_KEYS.getPublic(), message, signature)).isFalse();
    assertThat(JCA.verifyPss(KEYS.getPublic(), message, new byte[3])).isFalse();
    assertThat(JCA.verifyPss(ec().getPublic(), message, signature)).isFalse();
    assertThat(Jca.longestSalt(2048)).isEqualTo(222);
    assertThat(Jca.longestSalt(2049)).isEqualTo(222);
    assertThat(Jca.longestSalt(2050)).isEqualTo(223);
  }

  @Test
  @DisplayName("a request names CN, O and type, and is read back with its key as received")
  void signingRequests() throws Exception {
    byte[] pem = SigningRequest.create("site-1", "hospital", "client", KEYS, JCA);
    SigningRequest read = SigningRequest.read(pem, JCA);
    assertThat(Subject.commonName(read.subject())).contains("site-1");
    assertThat(Subject.organization(read.subject())).contains("hospital");
    assertThat(Subject.certType(read.subject())).contains("client");
    assertThat(read.publicKey()).isEqualTo(KEYS.getPublic());
    assertThat(read.subjectPublicKeyInfo()).isEqualTo(KEYS.getPublic().getEncoded());
    assertThat(read.publicKeySha256()).isEqualTo(Jca.sha256(KEYS.getPublic().getEncoded()));
    byte[] renamed =
        Pem.encode(
            "NEW CERTIFICATE REQUEST",
            Pem.first(pem, Pem.CERTIFICATE_REQUEST).orElseThrow().getContent());
    assertThat(SigningRequest.read(renamed, JCA).subject()).isEqualTo(read.subject());
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA256withRSA", "SHA384withRSA", "SHA512withRSA"})
  @DisplayName("requests signed with SHA-2 are read")
  void requestAlgorithms(String algorithm) throws Exception {
    byte[] pem = request("CN=site-1", KEYS, KEYS, algorithm);
    assertThat(SigningRequest.read(pem, JCA).publicKey()).isEqualTo(KEYS.getPublic());
  }

  @Test
  @DisplayName("requests with SHA-1, another's signature, other keys or repeated names are refused")
  void badRequests() throws Exception {
    refused(
        ErrorCode.INVALID_CSR,
        () -> SigningRequest.read(request("CN=a", KEYS, KEYS, "SHA1withRSA"), JCA));
    refused(
        ErrorCode.INVALID_CSR,
        () -> SigningRequest.read(request("CN=a", KEYS, CA_KEYS, "SHA256withRSA"), JCA));
    KeyPair ec = ec();
    refused(
        ErrorCode.INVALID_CSR,
        () -> SigningRequest.read(request("CN=a", ec, KEYS, "SHA256withRSA"), JCA));
    KeyPair small = rsa(2047);
    refused(
        ErrorCode.INVALID_CSR,
        () -> SigningRequest.read(request("CN=a", small, small, "SHA256withRSA"), JCA));
    for (String name : List.of("CN=a,CN=b", "O=a,O=b", "C=US,C=DE", "ST=a,ST=b", "L=a,L=b")) {
      refused(
          ErrorCode.CERT_SIGNING_FAILED,
          () -> SigningRequest.read(request(name, KEYS, KEYS, "SHA256withRSA"), JCA));
    }
    refused(ErrorCode.INVALID_CSR, () -> SigningRequest.read(text("nothing"), JCA));
    refused(
        ErrorCode.INVALID_CSR,
        () -> SigningRequest.read(Pem.encode(Pem.CERTIFICATE_REQUEST, new byte[] {5, 0}), JCA));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, IP:192.0.2.7",
    "fl.example.org, DNS:fl.example.org",
    "192.0.2.256, DNS:192.0.2.256",
    "1.2.3, DNS:1.2.3"
  })
  @DisplayName("IPv4 literals become addresses, everything else names")
  void alternativeNames(String host, String name) {
    assertThat(CertificateIssuer.alternativeName(host)).isEqualTo(name);
  }

  private static byte[] request(String name, KeyPair keys, KeyPair signer, String algorithm)
      throws Exception {
    CertificationRequestInfo info =
        new CertificationRequestInfo(
            new X500Name(name),
            SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()),
            new DERSet());
    java.security.Signature signature = java.security.Signature.getInstance(algorithm);
    signature.initSign(signer.getPrivate());
    signature.update(info.getEncoded(ASN1Encoding.DER));
    AlgorithmIdentifier identifier =
        new AlgorithmIdentifier(
            switch (algorithm) {
              case "SHA1withRSA" -> PKCSObjectIdentifiers.sha1WithRSAEncryption;
              case "SHA384withRSA" -> PKCSObjectIdentifiers.sha384WithRSAEncryption;
              case "SHA512withRSA" -> PKCSObjectIdentifiers.sha512WithRSAEncryption;
              default -> PKCSObjectIdentifiers.sha256WithRSAEncryption;
            });
    CertificationRequest request =
        new CertificationRequest(info, identifier, new DERBitString(signature.sign()));
    return Pem.encode(Pem.CERTIFICATE_REQUEST, request.getEncoded(ASN1Encoding.DER));
  }

  private static KeyPair ec() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private static KeyPair rsa(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static List<Integer> bits(boolean[] usage) {
    return java.util.stream.IntStream.range(0, usage.length)
        .filter(bit -> usage[bit])
        .boxed()
        .toList();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
