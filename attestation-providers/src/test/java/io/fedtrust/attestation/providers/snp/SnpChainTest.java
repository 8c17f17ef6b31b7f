// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.Judged;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Chains and revocation lists in which everything is right but one thing. */
class SnpChainTest {
  private static final X500Name STRANGER = new X500Name("CN=stranger");

  private static PublicKey p256() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair().getPublic();
  }

  private static X500Name elsewhere(X500Name name) {
    return new X500Name(name.toString().replace("L=nowhere", "L=elsewhere"));
  }

  private static EvidenceVerification verify(Forge forge, SnpVerifier.Builder verifier)
      throws Exception {
    Simulated.Case forged = forge.forged();
    return verifier.build().verify(forged.evidence(), forged.collateral(), Simulated.NOW);
  }

  private static EvidenceVerification verify(Forge forge) throws Exception {
    return verify(
        forge, SnpVerifier.builder().anchors(List.of(forge.anchor(TrustAnchor.Origin.SIMULATED))));
  }

  private static Map<String, Check> checks(EvidenceVerification result) {
    return result.checks().stream().collect(Collectors.toMap(Check::name, check -> check));
  }

  @Test
  @DisplayName("a chain made like AMD's passes each check, and each says so")
  void good() throws Exception {
    EvidenceVerification result = verify(new Forge());
    Judged.genuine(result);
    Map<String, Check> checks = checks(result);
    for (String name :
        List.of(
            "snp.endorsement-public-key",
            "snp.endorsement-names",
            "snp.issuer-constraints",
            "snp.endorsement-signature",
            "snp.issuer-signature",
            "snp.signature")) {
      assertThat(checks.get(name).actual()).as(name).isEqualTo("yes");
    }
    assertThat(checks.get("snp.revocation").actual()).isEqualTo("not revoked");
  }

  static Stream<Arguments> chains() {
    return Stream.of(
        wrong(
            "snp.endorsement-public-key",
            ReasonCode.ENDORSEMENT_INVALID,
            "a key on another curve",
            "an EC key of 256 bits",
            forge -> forge.leafKey = unchecked(SnpChainTest::p256)),
        wrong(
            "snp.endorsement-names",
            ReasonCode.ENDORSEMENT_INVALID,
            "a subject of another organisation",
            "L=elsewhere",
            forge -> forge.leafName = elsewhere(forge.leafName)),
        wrong(
            "snp.endorsement-names",
            ReasonCode.ENDORSEMENT_INVALID,
            "an issuer of another organisation",
            "L=elsewhere",
            forge -> forge.leafIssuer = forge.issuerName = elsewhere(forge.issuerName)),
        wrong(
            "snp.issuer-constraints",
            ReasonCode.CHAIN_INVALID,
            "an issuer that may have issuers below it",
            "a CA of path length 1",
            forge ->
                forge.issuerExtensions =
                    builder -> Forge.ca(builder, new BasicConstraints(1), KeyUsage.keyCertSign)),
        wrong(
            "snp.issuer-constraints",
            ReasonCode.CHAIN_INVALID,
            "an issuer that may not sign certificates",
            "no keyCertSign",
            forge ->
                forge.issuerExtensions =
                    builder -> Forge.ca(builder, new BasicConstraints(0), KeyUsage.cRLSign)),
        wrong(
            "snp.issuer-constraints",
            ReasonCode.CHAIN_INVALID,
            "an issuer with a short key",
            "an RSA key of 2048 bits",
            forge -> forge.issuerKeys = forge.leafSigner = Forge.rsa(2048)),
        wrong(
            "snp.endorsement-signature",
            ReasonCode.CHAIN_INVALID,
            "an endorsement that another key signed",
            "not signed by it",
            forge -> forge.leafSigner = Forge.ROOT),
        wrong(
            "snp.endorsement-signature",
            ReasonCode.CHAIN_INVALID,
            "an endorsement signed by another algorithm",
            "not signed by it",
            forge -> forge.leafAlgorithm = "SHA384withRSA"),
        wrong(
            "snp.issuer-signature",
            ReasonCode.CHAIN_INVALID,
            "an issuer that another key signed",
            "not signed by it",
            forge -> forge.issuerSigner = Forge.ISSUER),
        wrong(
            "snp.issuer-signature",
            ReasonCode.CHAIN_INVALID,
            "an issuer signed by another algorithm",
            "not signed by it",
            forge -> forge.issuerAlgorithm = "SHA256withRSAandMGF1"));
  }

  private static Arguments wrong(
      String check, ReasonCode code, String what, String found, Consumer<Forge> change) {
    return arguments(what, check, code, found, change);
  }

  private static PublicKey unchecked(java.util.concurrent.Callable<PublicKey> key) {
    try {
      return key.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("chains")
  @DisplayName("One thing wrong in the chain is named, and the endorsement counts as absent")
  void wrongChain(String what, String check, ReasonCode code, String found, Consumer<Forge> change)
      throws Exception {
    Forge forge = new Forge();
    change.accept(forge);
    EvidenceVerification result = verify(forge);
    Judged.undetermined(ReasonCode.ENDORSEMENT_MISSING, "snp.endorsement", result);
    assertThat(checks(result).get(check).code()).as(Judged.text(result)).contains(code);
    assertThat(checks(result).get(check).actual()).contains(found);
  }

  static Stream<Arguments> profiles() {
    return Stream.of(
        expecting(
            "a critical extension",
            "no critical extension",
            forge ->
                forge.leafAddition = leaf -> add(leaf, Forge.amd("99", true, new ASN1Integer(1)))),
        expecting(
            "a CA",
            "an end-entity certificate",
            forge ->
                forge.leafAddition =
                    leaf ->
                        add(
                            leaf,
                            new Extension(
                                Extension.basicConstraints,
                                false,
                                encoded(new BasicConstraints(true))))),
        expecting("another product", "productName Milan", forge -> replace(forge, "2", "Milano")),
        expecting("no product", "productName Milan", forge -> leaveOut(forge, "2")),
        expecting("no chip", "hwID and no cspID", forge -> leaveOut(forge, "4")),
        expecting(
            "a cloud beside the chip",
            "hwID and no cspID",
            forge ->
                forge.leafAddition =
                    leaf -> add(leaf, Forge.amd("5", false, new DERIA5String("CN=cloud")))),
        expecting(
            "a chip of another length",
            "hwID of 64 or 8 bytes",
            forge ->
                replaceRaw(
                    forge, new Extension(oid("4"), false, new DEROctetString(new byte[63])))),
        expecting(
            "a firmware level that is no number",
            "snp from 0",
            forge -> replace(forge, "3.3", "1")),
        expecting(
            "firmware of another line",
            "fmcSPL on Turin",
            forge ->
                forge.leafAddition =
                    leaf -> add(leaf, Forge.amd("3.9", false, new ASN1Integer(1)))));
  }

  private static void add(X509v3CertificateBuilder leaf, Extension extension) {
    try {
      leaf.addExtension(extension);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] encoded(BasicConstraints constraints) {
    try {
      return constraints.getEncoded();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static ASN1ObjectIdentifier oid(String suffix) {
    return new ASN1ObjectIdentifier("1.3.6.1.4.1.3704.1." + suffix);
  }

  private static void leaveOut(Forge forge, String suffix) {
    forge.leafExtension =
        extension -> Optional.of(extension).filter(known -> !known.getExtnId().equals(oid(suffix)));
  }

  private static void replace(Forge forge, String suffix, String text) {
    replaceRaw(forge, Forge.amd(suffix, false, new DERIA5String(text)));
  }

  private static void replaceRaw(Forge forge, Extension other) {
    forge.leafExtension =
        extension ->
            Optional.of(extension.getExtnId().equals(other.getExtnId()) ? other : extension);
  }

  private static Arguments expecting(String what, String expected, Consumer<Forge> change) {
    return arguments(what, expected, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("profiles")
  @DisplayName("a certificate outside AMD's profile endorses nothing")
  void wrongProfile(String what, String expected, Consumer<Forge> change) throws Exception {
    Forge forge = new Forge();
    change.accept(forge);
    EvidenceVerification result = verify(forge);
    Judged.undetermined(ReasonCode.ENDORSEMENT_MISSING, "snp.endorsement", result);
    assertThat(result.checks())
        .as(what)
        .anySatisfy(
            check ->
                assertThat(check.actual())
                    .startsWith("a certificate cannot be used: expected " + expected));
  }

  @Test
  @DisplayName("what a verifier remembers of one chain says nothing of another")
  void remembered() throws Exception {
    Forge forge = new Forge();
    Simulated.Case good = forge.forged();
    Simulated.Case without = good.without(SnpItems.CHAIN);
    SnpVerifier verifier =
        SnpVerifier.builder().anchors(List.of(forge.anchor(TrustAnchor.Origin.SIMULATED))).build();
    for (int round = 0; round < 2; round++) {
      Judged.undetermined(
          ReasonCode.COLLATERAL_UNAVAILABLE,
          verifier.verify(without.evidence(), without.collateral(), Simulated.NOW));
      Judged.genuine(verifier.verify(good.evidence(), good.collateral(), Simulated.NOW));
      // The same certificates, presented by the sender instead.
      Evidence presenting =
          good.evidence()
              .withEndorsements(
                  EvidenceAttachments.of(Certificates.parsePem(good.item(SnpItems.CHAIN).bytes())));
      Judged.genuine(verifier.verify(presenting, without.collateral(), Simulated.NOW));
    }
  }

  static Stream<Arguments> lists() {
    return Stream.of(
        expecting(
            "without extensions", "a CRL number", forge -> forge.listContent = SnpChainTest::bare),
        expecting(
            "without an end",
            "a next update",
            forge ->
                forge.listContent =
                    content -> Forge.extension(content, Extension.cRLNumber, false)),
        expecting(
            "without a number",
            "a CRL number",
            forge ->
                forge.listContent =
                    content -> {
                      bare(content);
                      Forge.extension(content, Extension.deltaCRLIndicator, false);
                    }),
        expecting(
            "with a critical extension",
            "no critical extension",
            forge ->
                forge.listContent =
                    content -> {
                      bare(content);
                      Forge.extension(content, Extension.cRLNumber, false);
                      Forge.extension(content, Extension.deltaCRLIndicator, true);
                    }),
        expecting("of another issuer", "CN=ARK-Milan", forge -> forge.listName = STRANGER),
        expecting(
            "that another key signed",
            "a signature of its issuer",
            forge -> forge.listSigner = Forge.ISSUER),
        expecting(
            "signed by another algorithm",
            "a signature of its issuer",
            forge -> forge.listAlgorithm = "SHA384withRSA"));
  }

  private static void bare(org.bouncycastle.cert.X509v2CRLBuilder content) {
    content.setNextUpdate(Date.from(Simulated.NOW.plusSeconds(1)));
  }

  @ParameterizedTest(name = "a list {0}")
  @MethodSource("lists")
  @DisplayName("one thing wrong in a revocation list leaves revocation open")
  void wrongList(String what, String expected, Consumer<Forge> change) throws Exception {
    Forge forge = new Forge();
    change.accept(forge);
    EvidenceVerification result = verify(forge);
    Judged.undetermined(ReasonCode.COLLATERAL_UNAVAILABLE, result);
    assertThat(checks(result).get("snp.crl").expected()).as(what).contains(expected);
  }

  @Test
  @DisplayName("a private anchor and a reissued root are named in the verdict")
  void notes() throws Exception {
    Forge forge = new Forge();
    EvidenceVerification result =
        verify(
            forge,
            SnpVerifier.builder().anchors(List.of(forge.anchor(TrustAnchor.Origin.PRIVATE))));
    Judged.genuine(result);
    assertThat(result.notes())
        .anySatisfy(note -> assertThat(note).startsWith("anchor: private, CN=ARK-Milan"))
        .anySatisfy(note -> assertThat(note).startsWith("anchor: reissued, certificate sha256 "));
  }

  @Test
  @DisplayName("another provider gives the same answers")
  void provider() throws Exception {
    Forge forge = new Forge();
    SnpVerifier.Builder builder =
        SnpVerifier.builder()
            .anchors(List.of(forge.anchor(TrustAnchor.Origin.SIMULATED)))
            .provider(new BouncyCastleProvider());
    Judged.genuine(verify(forge, builder));
    forge.leafSigner = Forge.ROOT;
    Judged.undetermined(ReasonCode.ENDORSEMENT_MISSING, verify(forge, builder));
  }

  @Test
  @DisplayName("a defect while judging is an answer, not an exception")
  void defect() {
    SnpVerifier verifier = SnpVerifier.builder().build();
    Judged.undetermined(
        ReasonCode.INTERNAL_ERROR,
        verifier.verify(Simulated.Case.good().evidence(), null, Simulated.NOW));
    assertThat(verifier.forms()).containsExactly(EvidenceForm.SNP_REPORT);
  }
}
