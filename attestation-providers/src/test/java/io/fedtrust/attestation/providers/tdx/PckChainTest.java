// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.ISSUED;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.MADE;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.NOW;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.PLATFORM;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.Judged;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.tdx.collateral.IntelAnchors;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chains under keys of this test, in which one thing at a time is wrong. */
class PckChainTest {
  private static final String ARC = "1.2.840.113741.1.13.1";
  private static final String REST = ",O=Test,C=XX";
  private static final String SHA256 = "SHA256withECDSA";
  private static final KeyPair ROOT = keys("secp256r1");
  private static final KeyPair ISSUER = keys("secp256r1");
  private static final X509Certificate PCK = pck();

  private String leafName = "CN=Intel SGX PCK Certificate" + REST;
  private String issuerName = "CN=Intel SGX PCK Platform CA" + REST;
  private PublicKey leafKey = PCK.getPublicKey();
  private KeyPair issuerKeys = ISSUER;
  private KeyPair leafSigner = ISSUER;
  private KeyPair issuerSigner = ROOT;
  private String leafAlgorithm = SHA256;
  private BasicConstraints leafConstraints = new BasicConstraints(false);
  private int leafUsage = KeyUsage.digitalSignature;
  private BasicConstraints issuerConstraints = new BasicConstraints(0);
  private int issuerUsage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
  private UnaryOperator<List<ASN1Encodable>> sgx = UnaryOperator.identity();
  private Consumer<X509v3CertificateBuilder> addition = builder -> {};
  private boolean withSgx = true;
  private boolean backwards;

  private static KeyPair keys(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate pck() {
    try {
      return Certificates.parse(Certificates.parsePem(PLATFORM.pckChain()).get(0));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] signed(
      String issuer,
      String subject,
      PublicKey key,
      KeyPair signer,
      String algorithm,
      Consumer<X509v3CertificateBuilder> content) {
    try {
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              new X500Name(issuer),
              BigInteger.TEN,
              Date.from(MADE),
              Date.from(MADE.plus(Duration.ofDays(2000))),
              new X500Name(subject),
              SubjectPublicKeyInfo.getInstance(key.getEncoded()));
      content.accept(builder);
      return builder
          .build(
              new JcaContentSignerBuilder(algorithm)
                  .setProvider(new BouncyCastleProvider())
                  .build(signer.getPrivate()))
          .getEncoded();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void constrained(
      X509v3CertificateBuilder builder, BasicConstraints constraints, int usage) {
    try {
      builder.addExtension(Extension.basicConstraints, true, constraints);
      if (usage != 0) {
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static final byte[] ROOT_DER =
      signed(
          "CN=Intel SGX Root CA" + REST,
          "CN=Intel SGX Root CA" + REST,
          ROOT.getPublic(),
          ROOT,
          SHA256,
          builder ->
              constrained(
                  builder, new BasicConstraints(1), KeyUsage.keyCertSign | KeyUsage.cRLSign));

  private void leafContent(X509v3CertificateBuilder builder) {
    constrained(builder, leafConstraints, leafUsage);
    try {
      if (withSgx) {
        ASN1Sequence own =
            ASN1Sequence.getInstance(
                new X509CertificateHolder(PCK.getEncoded())
                    .getExtension(new ASN1ObjectIdentifier(ARC))
                    .getParsedValue());
        List<ASN1Encodable> values = new ArrayList<>();
        own.forEach(values::add);
        builder.addExtension(
            new ASN1ObjectIdentifier(ARC),
            false,
            new DERSequence(sgx.apply(values).toArray(ASN1Encodable[]::new)));
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    addition.accept(builder);
  }

  private EvidenceVerification judged() throws Exception {
    List<byte[]> chain = new ArrayList<>();
    chain.add(signed(issuerName, leafName, leafKey, leafSigner, leafAlgorithm, this::leafContent));
    chain.add(
        signed(
            "CN=Intel SGX Root CA" + REST,
            issuerName,
            issuerKeys.getPublic(),
            issuerSigner,
            SHA256,
            builder -> constrained(builder, issuerConstraints, issuerUsage)));
    chain.add(ROOT_DER);
    if (backwards) {
      java.util.Collections.reverse(chain);
    }
    X509Certificate root = Certificates.parse(ROOT_DER);
    TrustAnchor anchor =
        new TrustAnchor(
            IntelAnchors.FAMILY,
            IntelAnchors.PRODUCT_LINE,
            IntelAnchors.ROLE,
            root.getSubjectX500Principal(),
            Set.of(Digests.sha256(ROOT_DER)),
            Digests.sha256(root.getPublicKey().getEncoded()),
            TrustAnchor.Origin.PRIVATE);
    return TdxVerifier.builder()
        .anchors(List.of(anchor, PLATFORM.anchor()))
        .revocation(Revocation.NOT_CHECKED)
        .build()
        .verify(
            PLATFORM
                .evidence(PLATFORM.quote().certificationType(3))
                .withEndorsements(EvidenceAttachments.of(chain)),
            Collateral.of(PLATFORM.collateral(ISSUED)),
            NOW);
  }

  private void refused(ReasonCode code, String check) throws Exception {
    EvidenceVerification result = judged();
    // The sender attached the chain, so an unproven one counts as absent
    // (docs/protocol/collateral.md#missing-collateral).
    Judged.undetermined(ReasonCode.ENDORSEMENT_MISSING, "tdx.pck-chain", result);
    assertThat(result.checks())
        .as(Judged.text(result))
        .anyMatch(
            line ->
                check.equals("tdx.pck")
                    ? line.name().equals("tdx.pck-chain")
                        && line.actual().contains("cannot be used")
                    : line.name().equals(check) && line.code().equals(Optional.of(code)));
  }

  @Test
  @DisplayName("as it is, the chain is good, and its private anchor is named")
  void good() throws Exception {
    EvidenceVerification result = judged();
    Judged.genuine(result);
    assertThat(result.notes()).anyMatch(note -> note.startsWith("anchor: private"));
  }

  @Test
  @DisplayName("names: of the certificate, of its issuer, and the same organisation in all")
  void names() throws Exception {
    leafName = "CN=Intel SGX PCK Certificate,O=Other,C=XX";
    refused(ReasonCode.ENDORSEMENT_INVALID, "tdx.pck-names");
    leafName = "CN=Intel SGX TCB Signing" + REST;
    refused(ReasonCode.ENDORSEMENT_INVALID, "tdx.pck");
    leafName = "CN=Intel SGX PCK Certificate" + REST;
    issuerName = "CN=Intel SGX PCK CA" + REST;
    refused(ReasonCode.ENDORSEMENT_INVALID, "tdx.pck");
    issuerName = "CN=Intel SGX PCK Platform CA,O=Other,C=XX";
    refused(ReasonCode.ENDORSEMENT_INVALID, "tdx.pck-names");
  }

  @Test
  @DisplayName("constraints of the certificate: no CA, a key for signatures, nothing unknown")
  void leafConstraints() throws Exception {
    leafConstraints = new BasicConstraints(true);
    refused(ReasonCode.ENDORSEMENT_INVALID, "tdx.pck");
    leafConstraints = new BasicConstraints(false);
    for (int usage : new int[] {0, KeyUsage.keyEncipherment}) {
      leafUsage = usage;
      refused(ReasonCode.ENDORSEMENT_INVALID, "tdx.pck");
    }
    leafUsage = KeyUsage.digitalSignature;
    addition =
        builder -> {
          try {
            builder.addExtension(new ASN1ObjectIdentifier("1.2.3.4"), true, new DERUTF8String("x"));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        };
    refused(ReasonCode.ENDORSEMENT_INVALID, "tdx.pck");
  }

  @Test
  @DisplayName("constraints of the issuer: a CA of path length 0 on P-256 for both signatures")
  void issuerConstraints() throws Exception {
    for (BasicConstraints other :
        List.of(new BasicConstraints(false), new BasicConstraints(1), new BasicConstraints(true))) {
      issuerConstraints = other;
      assertThat(judged()).isInstanceOf(EvidenceVerification.Undetermined.class);
      assertThat(judged().checks())
          .anyMatch(
              check -> check.name().equals("tdx.issuer-constraints") && check.code().isPresent());
    }
    issuerConstraints = new BasicConstraints(0);
    issuerUsage = KeyUsage.keyCertSign;
    refused(ReasonCode.CHAIN_INVALID, "tdx.issuer-constraints");
    issuerUsage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
    issuerKeys = keys("secp384r1");
    leafSigner = issuerKeys;
    refused(ReasonCode.CHAIN_INVALID, "tdx.issuer-constraints");
  }

  @Test
  @DisplayName("signatures: by the certificate above, with SHA-256")
  void signatures() throws Exception {
    leafSigner = keys("secp256r1");
    refused(ReasonCode.CHAIN_INVALID, "tdx.pck-signature");
    leafSigner = ISSUER;
    leafAlgorithm = "SHA384withECDSA";
    refused(ReasonCode.CHAIN_INVALID, "tdx.pck-signature");
    leafAlgorithm = SHA256;
    issuerSigner = ISSUER;
    refused(ReasonCode.CHAIN_INVALID, "tdx.issuer-signature");
  }

  @Test
  @DisplayName("another key, another curve, another order")
  void keysAndOrder() throws Exception {
    leafKey = keys("secp256r1").getPublic();
    refused(ReasonCode.SIGNATURE_INVALID, "tdx.qe-signature");
    leafKey = keys("secp384r1").getPublic();
    refused(ReasonCode.ENDORSEMENT_INVALID, "tdx.pck-public-key");
    leafKey = PCK.getPublicKey();
    backwards = true;
    refused(ReasonCode.ENDORSEMENT_INVALID, "tdx.pck");
  }

  private static ASN1Encodable pair(String suffix, ASN1Encodable value) {
    return new DERSequence(new ASN1Encodable[] {new ASN1ObjectIdentifier(ARC + suffix), value});
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "none",
        "twice",
        "not a pair",
        "short ppid",
        "short fmspc",
        "text for bytes",
        "no tcb",
        "high component",
        "negative component",
        "no component"
      })
  @DisplayName("the SGX extension is read by OID, each once, each of its type and length")
  void extension(String what) throws Exception {
    withSgx = !what.equals("none");
    sgx =
        values -> {
          List<ASN1Encodable> changed = new ArrayList<>(values);
          switch (what) {
            case "twice" -> changed.add(values.get(3));
            case "not a pair" -> changed.add(new ASN1Integer(1));
            case "short ppid" -> changed.set(0, pair(".1", new DEROctetString(new byte[15])));
            case "short fmspc" -> changed.set(3, pair(".4", new DEROctetString(new byte[5])));
            case "text for bytes" -> changed.set(3, pair(".4", new DERUTF8String("fedfed")));
            case "no tcb" -> changed.remove(1);
            case "high component" -> changed.set(1, tcb(values.get(1), new ASN1Integer(256)));
            case "negative component" -> changed.set(1, tcb(values.get(1), new ASN1Integer(-1)));
            case "no component" -> changed.set(1, tcb(values.get(1), new DERUTF8String("1")));
            default -> changed.clear();
          }
          return changed;
        };
    refused(ReasonCode.ENDORSEMENT_INVALID, "tdx.pck");
  }

  @Test
  @DisplayName("the order of the extension's entries does not matter, nor do unknown entries")
  void extensionOrder() throws Exception {
    sgx =
        values -> {
          List<ASN1Encodable> changed = new ArrayList<>(values);
          java.util.Collections.reverse(changed);
          changed.add(pair(".99", new ASN1Integer(5)));
          return changed;
        };
    Judged.genuine(judged());
  }

  private static ASN1Encodable tcb(ASN1Encodable own, ASN1Encodable first) {
    List<ASN1Encodable> components = new ArrayList<>();
    ASN1Sequence.getInstance(ASN1Sequence.getInstance(own).getObjectAt(1)).forEach(components::add);
    components.set(0, pair(".2.1", first));
    return pair(".2", new DERSequence(components.toArray(ASN1Encodable[]::new)));
  }
}
