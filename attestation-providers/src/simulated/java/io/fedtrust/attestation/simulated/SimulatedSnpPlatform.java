// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.TcbVersion;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.cert.X509v3CertificateBuilder;

/**
 * A machine with SEV-SNP that exists in software: its secure processor, AMD's roots and key
 * service, all of one product line and all under keys that are made with it and kept in memory.
 */
public final class SimulatedSnpPlatform {
  /** The cloud that the VLEKs of this platform name. */
  public static final String CLOUD = "CN=cloud.simulated.invalid";

  private static final String ARC = "1.3.6.1.4.1.3704.1.";
  private static final Map<String, String> SPL =
      Map.of("bootloader", "3.1", "tee", "3.2", "snp", "3.3", "microcode", "3.8", "fmc", "3.9");
  private static final Duration VCEK_VALIDITY = Duration.ofDays(7 * 365L);
  private static final Duration VLEK_VALIDITY = Duration.ofDays(365);
  private static final int SHORT_CHIP_ID = 8;
  private static final int NUMBER_BYTES = 72;
  private static final int SERIAL_BITS = 100;

  private final ProductLine line;
  private final Instant made;
  private final SecureRandom random;
  private final byte[] chipId;
  private final SimulatedAuthority root;
  private final Map<EndorsementKey, SimulatedAuthority> issuers = new ConcurrentHashMap<>();
  private final Map<String, KeyPair> keys = new ConcurrentHashMap<>();

  private SimulatedSnpPlatform(
      ProductLine line, Instant made, SecureRandom random, SimulatedAuthority root) {
    this.line = line;
    this.made = made;
    this.random = random;
    this.root = root;
    this.chipId = new byte[SnpField.CHIP_ID.size()];
    byte[] id = new byte[line == ProductLine.TURIN ? SHORT_CHIP_ID : chipId.length];
    random.nextBytes(id);
    System.arraycopy(id, 0, chipId, 0, id.length);
  }

  /**
   * Makes a platform with fresh keys. Takes seconds: AMD's certificates have RSA keys of 4096 bits.
   *
   * @param line product line
   * @param made when its certificates begin
   * @param random source of its keys
   * @return the platform
   */
  public static SimulatedSnpPlatform create(ProductLine line, Instant made, SecureRandom random) {
    return new SimulatedSnpPlatform(
        line,
        made,
        random,
        SimulatedAuthority.root("ARK-" + line.text(), SimulatedAuthority.rsa(random), made));
  }

  /**
   * Makes another platform under the same root: another chip, and new certificates of the same
   * issuing keys. Takes milliseconds.
   *
   * @param from when its certificates begin
   * @return the platform
   */
  public SimulatedSnpPlatform another(Instant from) {
    SimulatedSnpPlatform other = new SimulatedSnpPlatform(line, from, random, root);
    for (EndorsementKey key : EndorsementKey.values()) {
      SimulatedAuthority issuer = issuers.get(key);
      if (issuer != null) {
        other.issuers.put(
            key,
            issuer.renewed(key.issuerName(line), root, new BigInteger(SERIAL_BITS, random), from));
      }
    }
    return other;
  }

  /**
   * Returns the record of this platform's root. A verifier with it trusts evidence that anyone with
   * this object can create.
   *
   * @return an anchor of origin {@code SIMULATED}
   */
  public TrustAnchor anchor() {
    return new TrustAnchor(
        AmdAnchors.FAMILY,
        line.text(),
        AmdAnchors.ROLE,
        SimulatedAuthority.principal("ARK-" + line.text()),
        Set.of(Pem.sha256(root.der())),
        Pem.sha256(root.publicKey()),
        TrustAnchor.Origin.SIMULATED);
  }

  /**
   * Starts a report signed by a chip key.
   *
   * @return a good report to change
   */
  public SimulatedReport report() {
    return report(EndorsementKey.VCEK);
  }

  /**
   * Starts a report.
   *
   * @param key which kind of key will sign it; a VLEK comes without a chip
   * @return a good report to change
   */
  public SimulatedReport report(EndorsementKey key) {
    return SimulatedReport.of(
        line, key, key == EndorsementKey.VCEK ? chipId : new byte[chipId.length]);
  }

  /**
   * Signs a report.
   *
   * @param report to sign
   * @return 1184 bytes
   */
  public byte[] sign(SimulatedReport report) {
    byte[] bytes = report.bytes();
    try {
      Signature signature = Signature.getInstance("SHA384withECDSA");
      signature.initSign(endorsementKeys(report).getPrivate(), random);
      signature.update(bytes, 0, SnpField.SIGNED_BYTES);
      ASN1Sequence numbers = ASN1Sequence.getInstance(signature.sign());
      put(bytes, SnpField.SIGNATURE_R, numbers, 0);
      put(bytes, SnpField.SIGNATURE_S, numbers, 1);
      return bytes;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void put(byte[] report, SnpField field, ASN1Sequence numbers, int index) {
    byte[] big = ASN1Integer.getInstance(numbers.getObjectAt(index)).getValue().toByteArray();
    byte[] little = new byte[NUMBER_BYTES];
    for (int i = 0; i < big.length; i++) {
      little[i] = big[big.length - 1 - i];
    }
    System.arraycopy(little, 0, report, field.offset(), NUMBER_BYTES);
  }

  /**
   * Signs a report and wraps it.
   *
   * @param report to sign
   * @return evidence without certificates
   */
  public Evidence evidence(SimulatedReport report) {
    return Evidence.of(EvidenceForm.SNP_REPORT, Base64.getEncoder().encodeToString(sign(report)));
  }

  /**
   * Returns a collector that asks this platform instead of hardware.
   *
   * @param measurement launch digest of its reports, 48 bytes
   * @return the collector
   */
  public EvidenceCollector collector(byte[] measurement) {
    byte[] launched = measurement.clone();
    return collector(() -> report().set(SnpField.MEASUREMENT, launched));
  }

  /**
   * Returns a collector of reports that differ from the usual.
   *
   * @param reports makes each; the binding is put into it
   * @return the collector
   */
  public EvidenceCollector collector(Supplier<SimulatedReport> reports) {
    return new EvidenceCollector() {
      @Override
      public EvidenceForm form() {
        return EvidenceForm.SNP_REPORT;
      }

      @Override
      public Evidence collect(Binding binding, Deadline deadline) {
        return evidence(reports.get().set(SnpField.REPORT_DATA, binding.hash()));
      }
    };
  }

  /**
   * Returns everything a verifier needs for a report, as AMD publishes it: endorsement certificate,
   * chain, revocation list.
   *
   * @param report whose endorsement it is
   * @param at when the list was issued
   * @return three items
   */
  public List<CollateralItem> collateral(SimulatedReport report, Instant at) {
    EndorsementKey key = report.key();
    String issuer = SnpItems.issuer(key, line);
    HexFormat hex = HexFormat.of();
    return List.of(
        key == EndorsementKey.VCEK
            ? CollateralItem.of(
                SnpItems.VCEK,
                hex.formatHex(report.bytes(SnpField.CHIP_ID))
                    + "-"
                    + hex.formatHex(report.bytes(SnpField.REPORTED_TCB)),
                endorsement(report))
            : CollateralItem.of(SnpItems.VLEK, "simulated", endorsement(report)),
        CollateralItem.of(SnpItems.CHAIN, issuer, chain(key)),
        CollateralItem.of(SnpItems.CRL, issuer, revocations(1, at, List.of())));
  }

  /**
   * Returns the certificate of the key that signs a report.
   *
   * @param report its chip and reported TCB count
   * @return DER; the same bytes each time except for the signature
   */
  public byte[] endorsement(SimulatedReport report) {
    EndorsementKey key = report.key();
    X509v3CertificateBuilder builder =
        issuer(key)
            .leaf(
                key.commonName(),
                made,
                key == EndorsementKey.VCEK ? VCEK_VALIDITY : VLEK_VALIDITY,
                endorsementKeys(report));
    try {
      builder.addExtension(oid("1"), false, new ASN1Integer(line == ProductLine.TURIN ? 1 : 0));
      builder.addExtension(oid("2"), false, new DERIA5String(line.text()));
      TcbVersion tcb = TcbVersion.decode(reportedTcb(report), line);
      for (Map.Entry<String, Long> level : tcb.levels().entrySet()) {
        builder.addExtension(
            oid(SPL.getOrDefault(level.getKey(), "")), false, new ASN1Integer(level.getValue()));
      }
      if (key == EndorsementKey.VCEK) {
        byte[] id = report.bytes(SnpField.CHIP_ID);
        builder.addExtension(
            oid("4"), false, line == ProductLine.TURIN ? Arrays.copyOf(id, SHORT_CHIP_ID) : id);
      } else {
        builder.addExtension(oid("5"), false, new DERIA5String(CLOUD));
      }
      return issuer(key).sign(builder).getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long reportedTcb(SimulatedReport report) {
    return ByteBuffer.wrap(report.bytes(SnpField.REPORTED_TCB))
        .order(ByteOrder.LITTLE_ENDIAN)
        .getLong();
  }

  private static ASN1ObjectIdentifier oid(String suffix) {
    return new ASN1ObjectIdentifier(ARC + suffix);
  }

  /** A key for each chip and TCB, as the hardware derives it. */
  private KeyPair endorsementKeys(SimulatedReport report) {
    String name =
        report.key()
            + HexFormat.of().formatHex(report.bytes(SnpField.CHIP_ID))
            + reportedTcb(report);
    return keys.computeIfAbsent(name, ignored -> SimulatedAuthority.curve("secp384r1", random));
  }

  private SimulatedAuthority issuer(EndorsementKey key) {
    return issuers.computeIfAbsent(
        key,
        kind ->
            root.issuer(
                kind.issuerName(line),
                BigInteger.valueOf(0x10001 + kind.number() * 0x100L),
                SimulatedAuthority.rsa(random),
                made));
  }

  /**
   * Returns ASK or ASVK and ARK as the key service gives them.
   *
   * @param key kind of endorsement
   * @return PEM
   */
  public byte[] chain(EndorsementKey key) {
    return Pem.of(List.of(issuer(key).der(), root.der()));
  }

  /**
   * Returns a revocation list that ends sixty days after its issue.
   *
   * @param number its CRL number
   * @param at when it was issued
   * @param revoked serial numbers
   * @return DER
   */
  public byte[] revocations(long number, Instant at, Collection<BigInteger> revoked) {
    return root.revocations(number, at, revoked);
  }

  /**
   * Returns the key service that belongs to this platform.
   *
   * @param clock when its lists are issued
   * @return its answers, for any chip of this product line
   */
  public SimulatedKeyService keyService(Clock clock) {
    return new SimulatedKeyService(this, line, clock);
  }

  /**
   * Returns the serial number of an issuing certificate.
   *
   * @param key kind of endorsement
   * @return what a revocation list would name
   */
  public BigInteger issuerSerial(EndorsementKey key) {
    return issuer(key).serial();
  }
}
