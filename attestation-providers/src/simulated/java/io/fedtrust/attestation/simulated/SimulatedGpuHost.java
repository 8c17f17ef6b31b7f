// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaAnchors;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaItems;
import io.fedtrust.attestation.providers.nvidia.format.Architecture;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import io.fedtrust.attestation.providers.nvidia.format.SignedManifest;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.xml.crypto.MarshalException;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignatureException;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * A machine with NVIDIA's devices that exists in software, and what NVIDIA would say of them:
 * roots, manifests and certificate status, all under keys that are made with it and kept in memory.
 */
public final class SimulatedGpuHost {
  private static final Duration VALIDITY = Duration.ofDays(2 * 365L);
  private static final Duration STATUS_LIFE = Duration.ofDays(1);
  private static final int SERIAL_BITS = 159;
  private static final int FWID_BYTES = 48;
  private static final String DEVICE_ROOT = "NVIDIA Device Identity CA";
  private static final String MANIFEST_ROOT = "NVIDIA CoRIM signing Root CA";

  private final Instant made;
  private final SecureRandom random;
  private final SimulatedAuthority deviceRoot;
  private final SimulatedAuthority manifestRoot;
  private final SimulatedAuthority responder;
  private final List<SimulatedGpu> devices = new ArrayList<>();

  private SimulatedGpuHost(Instant made, SecureRandom random) {
    this.made = made;
    this.random = random;
    this.deviceRoot = SimulatedAuthority.root(DEVICE_ROOT, SimulatedAuthority.p384(random), made);
    this.manifestRoot =
        SimulatedAuthority.root(MANIFEST_ROOT, SimulatedAuthority.p384(random), made);
    this.responder = responder(deviceRoot);
  }

  /**
   * Makes a machine with fresh keys and no device.
   *
   * @param made when its certificates begin
   * @param random source of its keys
   * @return the machine
   */
  public static SimulatedGpuHost create(Instant made, SecureRandom random) {
    return new SimulatedGpuHost(made, random);
  }

  private BigInteger serial() {
    return new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1);
  }

  private SimulatedAuthority responder(SimulatedAuthority root) {
    KeyPair keys = SimulatedAuthority.p384(random);
    X509v3CertificateBuilder builder =
        root.leaf("NVIDIA OCSP Responder", serial(), made, VALIDITY, keys);
    try {
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning));
      return root.sealed("NVIDIA OCSP Responder", builder, keys);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Adds a GPU of the Hopper generation.
   *
   * @return the device
   */
  public SimulatedGpu gpu() {
    return device(Architecture.HOPPER);
  }

  /**
   * Adds a device.
   *
   * @param architecture of it
   * @return the device
   */
  public SimulatedGpu device(Architecture architecture) {
    SimulatedGpu device = make(architecture);
    devices.add(device);
    return device;
  }

  private SimulatedGpu make(Architecture architecture) {
    String chip =
        switch (architecture) {
          case HOPPER -> "GH100";
          case BLACKWELL -> "GB100";
          case LS10 -> "LS_10";
        };
    String core = architecture.isSwitch() ? " A01 FSP" : " A01 GSP";
    SimulatedAuthority identity =
        deviceRoot.authority(
            "NVIDIA " + chip + " Identity", serial(), SimulatedAuthority.p384(random), made);
    SimulatedAuthority provisioner =
        identity.authority(
            "NVIDIA " + chip + " Provisioner ICA 1",
            serial(),
            SimulatedAuthority.p384(random),
            made);
    SimulatedAuthority bootRom =
        provisioner.authority(
            chip + core + " BROM", serial(), SimulatedAuthority.p384(random), made);
    byte[] fwid = new byte[FWID_BYTES];
    random.nextBytes(fwid);
    SimulatedAuthority firmware = firmware(architecture, chip + core + " FMC LF", bootRom, fwid);
    return new SimulatedGpu(
        architecture,
        firmware,
        List.of(firmware.der(), bootRom.der(), provisioner.der(), identity.der(), deviceRoot.der()),
        fwid);
  }

  private SimulatedAuthority firmware(
      Architecture architecture, String commonName, SimulatedAuthority bootRom, byte[] fwid) {
    KeyPair keys = SimulatedAuthority.p384(random);
    X509v3CertificateBuilder builder = bootRom.leaf(commonName, serial(), made, VALIDITY, keys);
    try {
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      boolean newer = architecture == Architecture.BLACKWELL;
      builder.addExtension(
          new ASN1ObjectIdentifier(newer ? "2.23.133.5.4.1.1" : "2.23.133.5.4.1"),
          false,
          newer ? tcbInfo(fwid) : composite(keys, fwid));
      return bootRom.sealed(commonName, builder, keys);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DERSequence fwid(byte[] digest) {
    ASN1EncodableVector parts = new ASN1EncodableVector();
    parts.add(NISTObjectIdentifiers.id_sha384);
    parts.add(new DEROctetString(digest));
    return new DERSequence(parts);
  }

  private static DERSequence composite(KeyPair keys, byte[] fwid) {
    ASN1EncodableVector parts = new ASN1EncodableVector();
    parts.add(new ASN1Integer(1));
    parts.add(SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
    parts.add(fwid(fwid));
    return new DERSequence(parts);
  }

  private static DERSequence tcbInfo(byte[] fwid) {
    return new DERSequence(new DERTaggedObject(false, 6, new DERSequence(fwid(fwid))));
  }

  /**
   * Returns the records of both roots. A verifier with them trusts evidence that anyone with this
   * object can create.
   *
   * @return anchors of origin {@code SIMULATED}
   */
  public List<TrustAnchor> anchors() {
    return List.of(
        anchor(NvidiaAnchors.DEVICE_IDENTITY, DEVICE_ROOT, deviceRoot),
        anchor(NvidiaAnchors.MANIFEST_SIGNING, MANIFEST_ROOT, manifestRoot));
  }

  private static TrustAnchor anchor(String role, String commonName, SimulatedAuthority root) {
    return new TrustAnchor(
        NvidiaAnchors.FAMILY,
        NvidiaAnchors.PRODUCT_LINE,
        role,
        SimulatedAuthority.principal(commonName),
        Set.of(Pem.sha256(root.der())),
        Pem.sha256(root.publicKey()),
        TrustAnchor.Origin.SIMULATED);
  }

  /**
   * Has all devices report over a nonce.
   *
   * @param nonce 32 bytes
   * @return their evidence, in the order in which they were added
   */
  public GpuEvidence evidence(byte[] nonce) {
    return new GpuEvidence(devices.stream().map(device -> device.report(nonce)).toList());
  }

  /**
   * Returns a collector of all devices.
   *
   * @return the collector
   */
  public EvidenceCollector collector() {
    return new EvidenceCollector() {
      @Override
      public EvidenceForm form() {
        return EvidenceForm.NV_EVIDENCE;
      }

      @Override
      public Evidence collect(Binding binding, Deadline deadline) {
        return evidence(binding.hash()).evidence();
      }
    };
  }

  /**
   * Names the manifests that the devices ask for.
   *
   * @return each once
   */
  public List<ManifestId> manifestIds() {
    return ids(evidence(new byte[SpdmReport.NONCE_BYTES]));
  }

  private static List<ManifestId> ids(GpuEvidence evidence) {
    try {
      List<ManifestId> ids = new ArrayList<>();
      for (GpuEvidence.Device device : evidence.devices()) {
        ids.addAll(ManifestId.of(device.architecture(), SpdmReport.parse(device.report().bytes())));
      }
      return ids.stream().distinct().toList();
    } catch (MalformedEvidenceException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Starts a manifest of good firmware.
   *
   * @param id of the manifest
   * @return a good manifest to change
   */
  public SimulatedManifest manifest(ManifestId id) {
    return SimulatedManifest.of(id);
  }

  /**
   * Signs a manifest.
   *
   * @param manifest to sign
   * @param at when its signer's certificate begins; it ends two years later
   * @return XML
   */
  public byte[] sign(SimulatedManifest manifest, Instant at) {
    return sign(manifest, at, "GH100 GB100 LS10");
  }

  /**
   * Signs a manifest for a family.
   *
   * @param manifest to sign
   * @param at when its signer's certificate begins; it ends two years later
   * @param family that the names of the authorities above the signer have
   * @return XML
   */
  public byte[] sign(SimulatedManifest manifest, Instant at, String family) {
    SimulatedAuthority upper =
        manifestRoot.authority(
            "NVIDIA Reference Value " + family + " CA",
            serial(),
            SimulatedAuthority.p384(random),
            made);
    SimulatedAuthority lower =
        upper.issuer(
            "NVIDIA Reference Value L3 " + family + " 001",
            serial(),
            SimulatedAuthority.p384(random),
            made);
    SimulatedAuthority signer =
        lower.endEntity(
            "HCC RIM L4 Signer", serial(), SimulatedAuthority.p384(random), at, VALIDITY);
    return signed(
        manifest.xml(),
        signer,
        List.of(signer.der(), lower.der(), upper.der(), manifestRoot.der()));
  }

  private static byte[] signed(String xml, SimulatedAuthority signer, List<byte[]> chain) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setNamespaceAware(true);
      Document document =
          factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
      XMLSignatureFactory signatures = XMLSignatureFactory.getInstance("DOM");
      String canonical = "http://www.w3.org/2006/12/xml-c14n11";
      SignedInfo info =
          signatures.newSignedInfo(
              signatures.newCanonicalizationMethod(canonical, (C14NMethodParameterSpec) null),
              signatures.newSignatureMethod(
                  "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", null),
              List.of(
                  signatures.newReference(
                      "",
                      signatures.newDigestMethod(
                          "http://www.w3.org/2001/04/xmldsig-more#sha384", null),
                      List.of(
                          signatures.newTransform(
                              Transform.ENVELOPED, (TransformParameterSpec) null),
                          signatures.newTransform(canonical, (TransformParameterSpec) null)),
                      null,
                      null)));
      KeyInfoFactory infos = signatures.getKeyInfoFactory();
      List<Object> certificates = new ArrayList<>();
      for (byte[] der : chain) {
        certificates.add(
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new java.io.ByteArrayInputStream(der)));
      }
      KeyInfo keys = infos.newKeyInfo(List.of(infos.newX509Data(certificates)));
      signatures
          .newXMLSignature(info, keys)
          .sign(new DOMSignContext(signer.keys().getPrivate(), document.getDocumentElement()));
      Transformer writer = TransformerFactory.newDefaultInstance().newTransformer();
      writer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
      StringWriter text = new StringWriter();
      writer.transform(new DOMSource(document), new StreamResult(text));
      return text.toString()
          .replace("&#13;", "")
          .replace("\r", "")
          .getBytes(StandardCharsets.UTF_8);
    } catch (GeneralSecurityException
        | ParserConfigurationException
        | SAXException
        | IOException
        | MarshalException
        | XMLSignatureException
        | TransformerException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Answers a question about a certificate that is not revoked.
   *
   * @param certificate DER
   * @param issuer DER
   * @param at when it is answered; the answer holds for a day
   * @return an OCSP response without nonce
   */
  public byte[] good(byte[] certificate, byte[] issuer, Instant at) {
    return status(certificate, issuer, at, CertificateStatus.GOOD);
  }

  /**
   * Answers a question about a certificate that is revoked.
   *
   * @param certificate DER
   * @param issuer DER
   * @param at when it is answered; the answer holds for a day
   * @param reason a CRLReason, for example 1 for a compromised key, 6 for a hold
   * @return an OCSP response without nonce
   */
  public byte[] revoked(byte[] certificate, byte[] issuer, Instant at, int reason) {
    return status(certificate, issuer, at, new RevokedStatus(Date.from(at), reason));
  }

  /**
   * Answers a question about a certificate that the responder does not know.
   *
   * @param certificate DER
   * @param issuer DER
   * @param at when it is answered; the answer holds for a day
   * @return an OCSP response without nonce
   */
  public byte[] unknown(byte[] certificate, byte[] issuer, Instant at) {
    return status(certificate, issuer, at, new UnknownStatus());
  }

  private byte[] status(
      byte[] certificate, byte[] issuer, Instant at, @Nullable CertificateStatus status) {
    try {
      CertificateID id =
          new CertificateID(
              new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
              new X509CertificateHolder(issuer),
              new X509CertificateHolder(certificate).getSerialNumber());
      return answer(id, at, status, Optional.empty(), responderFor(issuer));
    } catch (OperatorCreationException | OCSPException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each root has a responder of its own; both keys are this machine's. */
  private SimulatedAuthority responderFor(byte[] issuer) {
    boolean ofManifests =
        new String(issuer, StandardCharsets.ISO_8859_1).contains("Reference Value")
            || Arrays.equals(issuer, manifestRoot.der());
    return ofManifests ? responder(manifestRoot) : responder;
  }

  private static byte[] answer(
      CertificateID id,
      Instant at,
      @Nullable CertificateStatus status,
      Optional<Extension> nonce,
      SimulatedAuthority responder) {
    try {
      BasicOCSPRespBuilder builder =
          new BasicOCSPRespBuilder(
              new RespID(new X509CertificateHolder(responder.der()).getSubject()));
      builder.addResponse(id, status, Date.from(at), Date.from(at.plus(STATUS_LIFE)));
      nonce.ifPresent(extension -> builder.setResponseExtensions(new Extensions(extension)));
      return new OCSPRespBuilder()
          .build(
              OCSPResp.SUCCESSFUL,
              builder.build(
                  SimulatedAuthority.signer(responder.keys()),
                  new X509CertificateHolder[] {new X509CertificateHolder(responder.der())},
                  Date.from(at)))
          .getEncoded();
    } catch (OCSPException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Answers questions as NVIDIA's responder does: every certificate is good, the nonce comes back.
   *
   * @param question an OCSP request about one certificate
   * @param at when it is answered
   * @param ofManifests whether the certificate belongs to one who signs manifests
   * @return an OCSP response
   */
  public byte[] respond(byte[] question, Instant at, boolean ofManifests) {
    try {
      OCSPReq request = new OCSPReq(question);
      return answer(
          request.getRequestList()[0].getCertID(),
          at,
          CertificateStatus.GOOD,
          Optional.ofNullable(request.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)),
          ofManifests ? responder(manifestRoot) : responder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns everything that a verifier needs for the devices as they are now, all of it good.
   *
   * @param at when manifests were signed and answers given
   * @return manifests and certificate status
   */
  public Collateral collateral(Instant at) {
    List<CollateralItem> items = new ArrayList<>();
    for (SimulatedGpu device : devices) {
      List<byte[]> chain = device.chain();
      items.addAll(statuses(chain.subList(1, chain.size()), at));
    }
    for (ManifestId id : manifestIds()) {
      items.addAll(manifestItems(id, sign(manifest(id), at), at));
    }
    return Collateral.of(items);
  }

  /**
   * Returns a manifest with the status of those who signed it, all good.
   *
   * @param id under which it is kept
   * @param xml the manifest
   * @param at when the answers were given
   * @return items
   */
  public List<CollateralItem> manifestItems(ManifestId id, byte[] xml, Instant at) {
    List<CollateralItem> items = new ArrayList<>();
    items.add(CollateralItem.of(NvidiaItems.MANIFEST, id.id(), xml));
    try {
      items.addAll(statuses(SignedManifest.parse(xml).certificates(), at));
    } catch (MalformedEvidenceException e) {
      // What cannot be read has no signers.
      return items;
    }
    return items;
  }

  /**
   * Returns the good status of all certificates of a path but its root.
   *
   * @param path DER, each issued by the next
   * @param at when the answers were given
   * @return items
   */
  public List<CollateralItem> statuses(List<byte[]> path, Instant at) {
    List<CollateralItem> items = new ArrayList<>();
    for (int i = 0; i + 1 < path.size(); i++) {
      items.add(
          CollateralItem.of(
              NvidiaItems.OCSP, Pem.sha256(path.get(i)), good(path.get(i), path.get(i + 1), at)));
    }
    return items;
  }
}
