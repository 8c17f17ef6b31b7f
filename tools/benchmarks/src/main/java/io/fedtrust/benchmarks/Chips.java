// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.simulated.SimulatedReport;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Many simulated chips with evidence, so that no cache of the JDK sees the same bytes twice in a
 * row: each has a report, an endorsement certificate and, if asked for, a chain of its own.
 */
final class Chips {
  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  final List<Chip> chips = new ArrayList<>();
  final SimulatedSnpPlatform root;
  final Collateral all;

  /** One chip, and what raw cryptography needs of it. */
  static final class Chip {
    byte[] report;
    byte[] signed;
    byte[] signature;
    Evidence evidence;
    Collateral own;
    PublicKey curveKey;
    PublicKey jdkKey;
    final Deque<PublicKey> freshKeys = new ArrayDeque<>();
    X509Certificate leaf;
    byte[] leafTbs;
    byte[] issuerTbs;
    byte[] leafSignature;
    byte[] issuerSignature;
    PublicKey issuerKey;
    PublicKey rootKey;
    byte[] listTbs;
    byte[] listSignature;
  }

  Chips(int count, boolean ownChains) throws Exception {
    Instant made = NOW.minus(Duration.ofDays(30));
    root = SimulatedSnpPlatform.create(ProductLine.MILAN, made, new SecureRandom());
    SimulatedReport first = root.report();
    root.collateral(first, made);
    List<CollateralItem> items = new ArrayList<>();
    SecureRandom random = new SecureRandom();
    Signatures signatures = new Signatures(Optional.empty());
    for (int i = 0; i < count; i++) {
      SimulatedSnpPlatform platform = ownChains ? root.another(made.plusSeconds(i)) : root;
      byte[] id = new byte[SnpField.CHIP_ID.size()];
      random.nextBytes(id);
      SimulatedReport report = platform.report().set(SnpField.CHIP_ID, id);
      Chip chip = new Chip();
      List<CollateralItem> own = platform.collateral(report, made.plusSeconds(i));
      chip.own = Collateral.of(own);
      items.addAll(ownChains || i == 0 ? own : own.subList(0, 1));
      chip.report = platform.sign(report);
      chip.signed = Arrays.copyOf(chip.report, SnpField.SIGNED_BYTES);
      chip.signature =
          Signatures.p384(
                  number(chip.report, SnpField.SIGNATURE_R),
                  number(chip.report, SnpField.SIGNATURE_S))
              .orElseThrow();
      chip.evidence =
          Evidence.of(EvidenceForm.SNP_REPORT, Base64.getEncoder().encodeToString(chip.report));
      chip.leaf = Certificates.parse(own.get(0).bytes());
      chip.jdkKey = chip.leaf.getPublicKey();
      chip.curveKey = signatures.curveKey(chip.jdkKey);
      List<byte[]> pem = Certificates.parsePem(own.get(1).bytes());
      X509Certificate issuer = Certificates.parse(pem.get(0));
      chip.leafTbs = chip.leaf.getTBSCertificate();
      chip.leafSignature = chip.leaf.getSignature();
      chip.issuerKey = issuer.getPublicKey();
      chip.issuerTbs = issuer.getTBSCertificate();
      chip.issuerSignature = issuer.getSignature();
      chip.rootKey = Certificates.parse(pem.get(1)).getPublicKey();
      X509CRL list =
          (X509CRL)
              CertificateFactory.getInstance("X.509")
                  .generateCRL(new ByteArrayInputStream(own.get(2).bytes()));
      chip.listTbs = list.getTBSCertList();
      chip.listSignature = list.getSignature();
      chips.add(chip);
    }
    all = ownChains ? Collateral.NONE : Collateral.of(items);
    if (!ownChains && all.items(SnpItems.VCEK).size() != count) {
      throw new IllegalStateException("chips are missing");
    }
  }

  SnpVerifier verifier() {
    return SnpVerifier.builder().anchors(List.of(root.anchor())).build();
  }

  static Signature curve() throws Exception {
    return Signature.getInstance("SHA384withECDSA", new BouncyCastleProvider());
  }

  static BigInteger number(byte[] report, SnpField field) {
    byte[] big = new byte[field.size()];
    for (int i = 0; i < big.length; i++) {
      big[i] = report[field.offset() + big.length - 1 - i];
    }
    return new BigInteger(1, big);
  }
}
