// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.tdx.collateral.IntelAnchors;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import io.fedtrust.attestation.providers.tdx.format.PckCertificate;
import io.fedtrust.attestation.providers.tdx.format.PckIssuer;
import io.fedtrust.attestation.providers.tdx.format.TdReportType;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;

/**
 * A machine with TDX that exists in software: its quoting enclave, Intel's root and its
 * provisioning service, all under keys that are made with it and kept in memory.
 */
public final class SimulatedTdxPlatform {
  /** Kind of all simulated platforms. */
  public static final String FMSPC = "fedfed000000";

  /** Security versions of all simulated platforms, in hex. */
  public static final String COMPONENTS = "07070202030100030000000000000000";

  /** Security version of their provisioning certification enclaves. */
  public static final int PCE_SVN = 11;

  /** Security versions of TDX in their quotes, in hex: module 4 of version 1. */
  public static final String TEE_TCB_SVN = "04010700000000000000000000000000";

  private static final String ARC = "1.2.840.113741.1.13.1";
  private static final Duration PCK_VALIDITY = Duration.ofDays(7 * 365L);
  private static final Duration DOCUMENT_VALIDITY = Duration.ofDays(30);
  private static final int SERIAL_BITS = 159;
  private static final int ID_BYTES = 16;
  private static final int COORDINATE_BYTES = 32;
  private static final int AUTH_DATA_BYTES = 32;
  private static final int QE_REPORT_TYPE = 6;

  private final PckIssuer kind;
  private final Instant made;
  private final SecureRandom random;
  private final SimulatedAuthority root;
  private final SimulatedAuthority issuer;
  private final SimulatedAuthority signer;
  private final BigInteger serial;
  private final byte[] ppid;
  private final KeyPair pck;
  private final KeyPair attestation;
  private final byte[] certificate;

  private SimulatedTdxPlatform(
      PckIssuer kind,
      Instant made,
      SecureRandom random,
      SimulatedAuthority root,
      SimulatedAuthority issuer,
      SimulatedAuthority signer) {
    this.kind = kind;
    this.made = made;
    this.random = random;
    this.root = root;
    this.issuer = issuer;
    this.signer = signer;
    this.serial = new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS);
    this.ppid = bytes(ID_BYTES);
    this.pck = SimulatedAuthority.p256(random);
    this.attestation = SimulatedAuthority.p256(random);
    this.certificate = pckCertificate();
  }

  /**
   * Makes a platform with fresh keys, registered with Intel as servers are.
   *
   * @param made when its certificates begin
   * @param random source of its keys
   * @return the platform
   */
  public static SimulatedTdxPlatform create(Instant made, SecureRandom random) {
    return create(PckIssuer.PLATFORM, made, random);
  }

  /**
   * Makes a platform with fresh keys.
   *
   * @param kind who certifies it
   * @param made when its certificates begin
   * @param random source of its keys
   * @return the platform
   */
  public static SimulatedTdxPlatform create(PckIssuer kind, Instant made, SecureRandom random) {
    SimulatedAuthority root =
        SimulatedAuthority.root("Intel SGX Root CA", SimulatedAuthority.p256(random), made);
    return new SimulatedTdxPlatform(
        kind,
        made,
        random,
        root,
        root.issuer(
            kind.commonName(),
            new BigInteger(SERIAL_BITS, random),
            SimulatedAuthority.p256(random),
            made),
        signer(root, made, random));
  }

  private static SimulatedAuthority signer(
      SimulatedAuthority root, Instant made, SecureRandom random) {
    return root.endEntity(
        "Intel SGX TCB Signing",
        new BigInteger(SERIAL_BITS, random),
        SimulatedAuthority.p256(random),
        made,
        PCK_VALIDITY);
  }

  /**
   * Makes another platform under the same root and issuer.
   *
   * @return the platform
   */
  public SimulatedTdxPlatform another() {
    return new SimulatedTdxPlatform(kind, made, random, root, issuer, signer);
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] pckCertificate() {
    X509v3CertificateBuilder builder =
        issuer.leaf(PckCertificate.COMMON_NAME, serial, made, PCK_VALIDITY, pck);
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(KeyUsage.digitalSignature | KeyUsage.nonRepudiation));
      builder.addExtension(new ASN1ObjectIdentifier(ARC), false, sgxExtension());
      return issuer.sign(builder).getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DERSequence sgxExtension() {
    byte[] components = HexFormat.of().parseHex(COMPONENTS);
    ASN1EncodableVector tcb = new ASN1EncodableVector();
    for (int i = 0; i < components.length; i++) {
      tcb.add(pair(".2." + (i + 1), new ASN1Integer(Byte.toUnsignedInt(components[i]))));
    }
    tcb.add(pair(".2.17", new ASN1Integer(PCE_SVN)));
    tcb.add(pair(".2.18", new DEROctetString(components)));
    ASN1EncodableVector values = new ASN1EncodableVector();
    values.add(pair(".1", new DEROctetString(ppid)));
    values.add(pair(".2", new DERSequence(tcb)));
    values.add(pair(".3", new DEROctetString(new byte[2])));
    values.add(pair(".4", new DEROctetString(HexFormat.of().parseHex(FMSPC))));
    values.add(pair(".5", new ASN1Enumerated(kind == PckIssuer.PLATFORM ? 1 : 0)));
    if (kind == PckIssuer.PLATFORM) {
      values.add(pair(".6", new DEROctetString(bytes(ID_BYTES))));
      values.add(
          pair(
              ".7",
              new DERSequence(
                  new ASN1Encodable[] {
                    pair(".7.1", ASN1Boolean.FALSE),
                    pair(".7.2", ASN1Boolean.FALSE),
                    pair(".7.3", ASN1Boolean.TRUE)
                  })));
    }
    return new DERSequence(values);
  }

  private static DERSequence pair(String suffix, ASN1Encodable value) {
    return new DERSequence(new ASN1Encodable[] {new ASN1ObjectIdentifier(ARC + suffix), value});
  }

  /**
   * Returns the record of this platform's root. A verifier with it trusts evidence that anyone with
   * this object can create.
   *
   * @return an anchor of origin {@code SIMULATED}
   */
  public TrustAnchor anchor() {
    return new TrustAnchor(
        IntelAnchors.FAMILY,
        IntelAnchors.PRODUCT_LINE,
        IntelAnchors.ROLE,
        SimulatedAuthority.principal("Intel SGX Root CA"),
        Set.of(Pem.sha256(root.der())),
        Pem.sha256(root.publicKey()),
        TrustAnchor.Origin.SIMULATED);
  }

  /**
   * Starts a quote of version 4.
   *
   * @return a good quote to change
   */
  public SimulatedQuote quote() {
    return SimulatedQuote.of(4, TdReportType.TD_1_0);
  }

  /**
   * Starts a quote of version 5.
   *
   * @param type layout of its TD report
   * @return a good quote to change
   */
  public SimulatedQuote quote(TdReportType type) {
    return SimulatedQuote.of(5, type);
  }

  /**
   * Signs a quote.
   *
   * @param quote to sign
   * @return its bytes, nothing behind them
   */
  public byte[] sign(SimulatedQuote quote) {
    byte[] signed = quote.signed();
    byte[] key = coordinates(attestation);
    byte[] auth = new byte[AUTH_DATA_BYTES];
    byte[] enclave = quote.enclave(Pem.digest(concatenated(key, auth)));
    byte[] certification = certification(quote.certificationType());
    byte[] inner =
        concatenated(
            little(2, quote.certificationType()), little(4, certification.length), certification);
    byte[] outer =
        concatenated(
            enclave, signature(pck.getPrivate(), enclave), little(2, auth.length), auth, inner);
    byte[] data =
        concatenated(
            signature(attestation.getPrivate(), signed),
            key,
            little(2, QE_REPORT_TYPE),
            little(4, outer.length),
            outer);
    return concatenated(signed, little(4, data.length), data);
  }

  private byte[] certification(int type) {
    return switch (type) {
      case 1 -> platformId(ppid);
      case 2 -> platformId(new byte[256]);
      case 3 -> platformId(new byte[384]);
      case 4 -> Pem.of(List.of(certificate));
      case 5 -> concatenated(pckChain(), new byte[1]);
      default -> new byte[0];
    };
  }

  private static byte[] platformId(byte[] id) {
    return concatenated(id, HexFormat.of().parseHex(COMPONENTS), little(2, PCE_SVN), little(2, 0));
  }

  /** x and y, big-endian. */
  private static byte[] coordinates(KeyPair keys) {
    ECPublicKey key = (ECPublicKey) keys.getPublic();
    return concatenated(number(key.getW().getAffineX()), number(key.getW().getAffineY()));
  }

  private static byte[] number(BigInteger value) {
    byte[] big = value.toByteArray();
    byte[] fixed = new byte[COORDINATE_BYTES];
    int length = Math.min(big.length, COORDINATE_BYTES);
    System.arraycopy(big, big.length - length, fixed, COORDINATE_BYTES - length, length);
    return fixed;
  }

  private static byte[] little(int size, int value) {
    return Arrays.copyOf(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array(),
        size);
  }

  private static byte[] concatenated(byte[]... parts) {
    int size = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteBuffer all = ByteBuffer.allocate(size);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  private byte[] signature(PrivateKey key, byte[] message) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key, random);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Signs a quote and wraps it.
   *
   * @param quote to sign
   * @return evidence
   */
  public Evidence evidence(SimulatedQuote quote) {
    return Evidence.of(EvidenceForm.TDX_QUOTE, Base64.getEncoder().encodeToString(sign(quote)));
  }

  /**
   * Returns a collector that asks this platform instead of hardware.
   *
   * @param measurement MRTD of its quotes, 48 bytes
   * @return the collector
   */
  public EvidenceCollector collector(byte[] measurement) {
    byte[] launched = measurement.clone();
    return collector(() -> quote().set(TdxField.MRTD, launched));
  }

  /**
   * Returns a collector of quotes that differ from the usual.
   *
   * @param quotes makes each; the binding is put into it
   * @return the collector
   */
  public EvidenceCollector collector(Supplier<SimulatedQuote> quotes) {
    return new EvidenceCollector() {
      @Override
      public EvidenceForm form() {
        return EvidenceForm.TDX_QUOTE;
      }

      @Override
      public Evidence collect(Binding binding, Deadline deadline) {
        return evidence(quotes.get().set(TdxField.REPORTDATA, binding.hash()));
      }
    };
  }

  /**
   * Returns everything a verifier needs, as Intel publishes it for a platform that is up to date.
   *
   * @param at when documents and lists were issued
   * @return six items
   */
  public List<CollateralItem> collateral(Instant at) {
    return collateral(SimulatedTcb.upToDate(), at);
  }

  /**
   * Returns everything a verifier needs, as Intel publishes it.
   *
   * @param tcb what is said of the platform
   * @param at when documents and lists were issued
   * @return six items
   */
  public List<CollateralItem> collateral(SimulatedTcb tcb, Instant at) {
    return List.of(
        CollateralItem.of(TdxItems.TCB_INFO, FMSPC, tcbInfo(tcb, at)),
        CollateralItem.of(TdxItems.TCB_INFO_ISSUER, FMSPC, signingChain()),
        CollateralItem.of(TdxItems.QE_IDENTITY, "td", qeIdentity(tcb, at)),
        CollateralItem.of(TdxItems.QE_IDENTITY_ISSUER, "td", signingChain()),
        CollateralItem.of(TdxItems.PCK_CRL, kind.path(), pckRevocations(1, at, List.of())),
        CollateralItem.of(TdxItems.ROOT_CRL, TdxItems.ROOT, rootRevocations(1, at, List.of())));
  }

  /**
   * Returns the service's answer about this kind of platform.
   *
   * @param tcb what is said
   * @param at when; it ends thirty days later
   * @return JSON
   */
  public byte[] tcbInfo(SimulatedTcb tcb, Instant at) {
    return document("tcbInfo", tcb.tcbInfo(at, at.plus(DOCUMENT_VALIDITY)));
  }

  /**
   * Returns the service's answer about the quoting enclave.
   *
   * @param tcb what is said
   * @param at when; it ends thirty days later
   * @return JSON
   */
  public byte[] qeIdentity(SimulatedTcb tcb, Instant at) {
    return document("enclaveIdentity", tcb.qeIdentity(at, at.plus(DOCUMENT_VALIDITY)));
  }

  /**
   * Signs any object as such a document.
   *
   * @param member {@code tcbInfo} or {@code enclaveIdentity}
   * @param object JSON
   * @return the service's answer
   */
  public byte[] document(String member, String object) {
    String signature =
        HexFormat.of()
            .formatHex(
                signature(signer.keys().getPrivate(), object.getBytes(StandardCharsets.UTF_8)));
    return ("{\"" + member + "\":" + object + ",\"signature\":\"" + signature + "\"}")
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Returns who signs documents.
   *
   * @return signer and root in PEM
   */
  public byte[] signingChain() {
    return Pem.of(List.of(signer.der(), root.der()));
  }

  /**
   * Returns who certifies this platform.
   *
   * @return PCK certificate, issuer and root in PEM
   */
  public byte[] pckChain() {
    return Pem.of(List.of(certificate, issuer.der(), root.der()));
  }

  /**
   * Returns who certifies this platform.
   *
   * @return issuer and root in PEM
   */
  public byte[] issuerChain() {
    return Pem.of(List.of(issuer.der(), root.der()));
  }

  /**
   * Returns the issuer's revocation list, which ends sixty days after its issue.
   *
   * @param number its CRL number
   * @param at when it was issued
   * @param revoked serial numbers
   * @return DER
   */
  public byte[] pckRevocations(long number, Instant at, Collection<BigInteger> revoked) {
    return issuer.revocations(number, at, revoked);
  }

  /**
   * Returns the root's revocation list, which ends sixty days after its issue.
   *
   * @param number its CRL number
   * @param at when it was issued
   * @param revoked serial numbers
   * @return DER
   */
  public byte[] rootRevocations(long number, Instant at, Collection<BigInteger> revoked) {
    return root.revocations(number, at, revoked);
  }

  /**
   * Returns the provisioning service that belongs to this platform.
   *
   * @param tcb the TCB status that it publishes
   * @param clock when its documents are issued
   * @return its answers
   */
  public SimulatedProvisioningService provisioningService(SimulatedTcb tcb, Clock clock) {
    return new SimulatedProvisioningService(this, tcb, clock);
  }

  PckIssuer kind() {
    return kind;
  }

  /**
   * Returns the serial number of the PCK certificate.
   *
   * @return what a revocation list would name
   */
  public BigInteger pckSerial() {
    return serial;
  }

  /**
   * Returns the serial number of the issuer's certificate.
   *
   * @return what a revocation list would name
   */
  public BigInteger issuerSerial() {
    return issuer.serial();
  }

  /**
   * Returns the serial number of the document signer's certificate.
   *
   * @return what a revocation list would name
   */
  public BigInteger signerSerial() {
    return signer.serial();
  }
}
