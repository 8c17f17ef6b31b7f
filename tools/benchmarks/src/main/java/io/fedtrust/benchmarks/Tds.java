// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import io.fedtrust.attestation.providers.tdx.format.SignedAnswer;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import io.fedtrust.attestation.simulated.SimulatedTcb;
import io.fedtrust.attestation.simulated.SimulatedTdxPlatform;
import java.io.ByteArrayInputStream;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Many simulated TDX platforms with evidence, so that no cache of the JDK sees the same bytes twice
 * in a row: each has a quote, a PCK, an attestation key, and collateral of its own.
 */
final class Tds {
  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  final List<Td> tds = new ArrayList<>();
  final SimulatedTdxPlatform first;
  final Collateral shared;

  /** A signature, and what it is over. */
  record Signed(PublicKey key, byte[] message, byte[] der) {
    boolean verifies(Signature signature) throws Exception {
      return SnpRatios.raw(signature, key, message, der);
    }
  }

  /** One platform, and what raw cryptography needs of it. */
  static final class Td {
    byte[] bytes;
    Evidence evidence;
    Collateral own;
    Signed quote;
    Signed enclave;
    final List<Signed> others = new ArrayList<>();
  }

  Tds(int count) throws Exception {
    Instant made = NOW.minus(Duration.ofDays(20));
    SecureRandom random = new SecureRandom();
    first = SimulatedTdxPlatform.create(made, random);
    shared = Collateral.of(first.collateral(made));
    Signatures signatures = new Signatures(Optional.empty());
    for (int i = 0; i < count; i++) {
      SimulatedTdxPlatform platform = first.another();
      Td td = new Td();
      td.bytes = platform.sign(platform.quote());
      td.evidence =
          Evidence.of(EvidenceForm.TDX_QUOTE, Base64.getEncoder().encodeToString(td.bytes));
      List<CollateralItem> items =
          platform.collateral(SimulatedTcb.upToDate(), made.plusSeconds(i));
      td.own = Collateral.of(items);
      TdxQuote quote = TdxQuote.parse(td.bytes);
      List<byte[]> chain = Certificates.parsePem(platform.pckChain());
      X509Certificate pck = Certificates.parse(chain.get(0));
      X509Certificate issuer = Certificates.parse(chain.get(1));
      X509Certificate root = Certificates.parse(chain.get(2));
      X509Certificate signer =
          Certificates.parse(Certificates.parsePem(platform.signingChain()).get(0));
      td.quote =
          new Signed(
              signatures.p256Key(quote.attestationKey()).orElseThrow(),
              quote.signed(),
              Signatures.p256(quote.signature()).orElseThrow());
      td.enclave =
          new Signed(
              signatures.curveKey(pck.getPublicKey()),
              quote.qeReport().bytes(),
              Signatures.p256(quote.qeReportSignature()).orElseThrow());
      for (X509Certificate[] pair :
          new X509Certificate[][] {{pck, issuer}, {issuer, root}, {signer, root}}) {
        td.others.add(
            new Signed(
                pair[1].getPublicKey(), pair[0].getTBSCertificate(), pair[0].getSignature()));
      }
      td.others.add(list(items, TdxItems.PCK_CRL, issuer));
      td.others.add(list(items, TdxItems.ROOT_CRL, root));
      SignedAnswer info = SignedAnswer.tcbInfo(item(items, TdxItems.TCB_INFO));
      SignedAnswer identity = SignedAnswer.qeIdentity(item(items, TdxItems.QE_IDENTITY));
      for (SignedAnswer answer : List.of(info, identity)) {
        td.others.add(
            new Signed(
                signer.getPublicKey(),
                answer.object(),
                Signatures.p256(answer.signature()).orElseThrow()));
      }
      tds.add(td);
    }
  }

  private static byte[] item(List<CollateralItem> items, String kind) {
    return items.stream()
        .filter(item -> item.kind().equals(kind))
        .findFirst()
        .orElseThrow()
        .bytes();
  }

  private static Signed list(List<CollateralItem> items, String kind, X509Certificate issuer)
      throws Exception {
    X509CRL list =
        (X509CRL)
            CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(item(items, kind)));
    return new Signed(issuer.getPublicKey(), list.getTBSCertList(), list.getSignature());
  }

  TdxVerifier verifier() {
    return TdxVerifier.builder().anchors(List.of(first.anchor())).build();
  }

  static Signature curve() throws Exception {
    return Signature.getInstance("SHA256withECDSA", new BouncyCastleProvider());
  }
}
