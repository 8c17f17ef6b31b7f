// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.format;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.Base64Text;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.crypto.MarshalException;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureException;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * A manifest as NVIDIA publishes it: a software identification tag with an enveloped signature (ISO
 * 19770-2; XML Signature Syntax and Processing 1.1). Exactly one signature, over the whole
 * document, in exactly NVIDIA's algorithms; what is read stands where that signature covers it. Not
 * safe for threads.
 */
public final class SignedManifest {
  /** Longest manifest that is read. */
  public static final int MAX_BYTES = 256 << 10;

  private static final String CHECK = "nvidia.manifest";
  private static final String SOURCE =
      "TCG Reference Integrity Manifest Information Model; XML Signature 1.1";
  private static final String SWID = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd";
  private static final String RIM =
      "https://trustedcomputinggroup.org/resource/tcg-reference-integrity-manifest-rim-information-model/";
  private static final String SHA384 = "http://www.w3.org/2001/04/xmlenc#sha384";
  private static final String C14N11 = "http://www.w3.org/2006/12/xml-c14n11";
  private static final String ECDSA_SHA384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
  private static final String DIGEST_SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384";
  private static final String NVIDIA = "5703";
  private static final int MAX_DEPTH = 8;
  private static final int MAX_CERTIFICATES = 8;
  private static final int MAX_RESOURCES = 255;
  private static final int MAX_ALTERNATIVES = 64;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,3}");
  private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{96}");

  private final Element signatureElement;
  private final List<byte[]> certificates;
  private final ReferenceManifest content;

  private SignedManifest(
      Element signatureElement, List<byte[]> certificates, ReferenceManifest content) {
    this.signatureElement = signatureElement;
    this.certificates = certificates;
    this.content = content;
  }

  /**
   * Parses a manifest. Nothing is verified.
   *
   * @param xml UTF-8, without document type
   * @return its parts
   * @throws MalformedEvidenceException saying what is wrong
   */
  public static SignedManifest parse(byte[] xml) throws MalformedEvidenceException {
    require(xml.length <= MAX_BYTES, "at most " + MAX_BYTES + " bytes", xml.length);
    Element root = document(xml).getDocumentElement();
    require(isNamed(root, SWID, "SoftwareIdentity"), "a SoftwareIdentity", root.getNodeName());
    require(
        root.getOwnerDocument().getElementsByTagNameNS(XMLSignature.XMLNS, "Signature").getLength()
            == 1,
        "one signature",
        "another number");
    Element signatureElement = only(root, XMLSignature.XMLNS, "Signature");
    requireAlgorithms(signature(context(new NoKey(), signatureElement)));
    return new SignedManifest(
        signatureElement,
        certificates(signatureElement),
        content(only(root, SWID, "Meta"), only(root, SWID, "Payload")));
  }

  /** Characters rather than bytes go to the parser: no declaration can choose an encoding. */
  private static Document document(byte[] xml) throws MalformedEvidenceException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(xml)).toString();
      DocumentBuilder builder = parser().newDocumentBuilder();
      builder.setErrorHandler(new Refusing());
      builder.setEntityResolver(
          (publicId, systemId) -> {
            throw new SAXException("external entity");
          });
      return builder.parse(new InputSource(new StringReader(text)));
    } catch (CharacterCodingException e) {
      throw malformed("UTF-8", "other bytes");
    } catch (SAXException | IOException e) {
      throw malformed("well-formed XML without document type, at most 8 deep", "another");
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("the JDK's own parser refuses its own settings", e);
    }
  }

  private static DocumentBuilderFactory parser() throws ParserConfigurationException {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
    factory.setNamespaceAware(true);
    factory.setXIncludeAware(false);
    factory.setExpandEntityReferences(false);
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
    factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
    factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
    factory.setAttribute(
        "http://www.oracle.com/xml/jaxp/properties/maxElementDepth", String.valueOf(MAX_DEPTH));
    return factory;
  }

  /** Prints nothing on the console. */
  private static final class Refusing implements ErrorHandler {
    @Override
    public void warning(SAXParseException problem) throws SAXException {
      throw problem;
    }

    @Override
    public void error(SAXParseException problem) throws SAXException {
      throw problem;
    }

    @Override
    public void fatalError(SAXParseException problem) throws SAXException {
      throw problem;
    }
  }

  private static DOMValidateContext context(Key key, Element signature) {
    DOMValidateContext context = new DOMValidateContext(key, signature);
    context.setProperty("org.jcp.xml.dsig.secureValidation", true);
    return context;
  }

  private static XMLSignature signature(DOMValidateContext context)
      throws MalformedEvidenceException {
    try {
      return XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
    } catch (MarshalException | ClassCastException e) {
      throw malformed("an XML signature", "another structure");
    }
  }

  /** Stands where no key is needed yet. */
  private static final class NoKey implements Key {
    private static final long serialVersionUID = 1;

    @Override
    public String getAlgorithm() {
      return "none";
    }

    @Override
    public String getFormat() {
      return "none";
    }

    @Override
    public byte[] getEncoded() {
      return new byte[0];
    }
  }

  private static void requireAlgorithms(XMLSignature signature) throws MalformedEvidenceException {
    SignedInfo info = signature.getSignedInfo();
    require(
        info.getCanonicalizationMethod().getAlgorithm().equals(C14N11)
            && info.getSignatureMethod().getAlgorithm().equals(ECDSA_SHA384),
        "Canonical XML 1.1 and ECDSA with SHA-384",
        info.getSignatureMethod().getAlgorithm());
    require(
        info.getReferences().size() == 1 && signature.getObjects().isEmpty(),
        "one reference and no object",
        "another number");
    Reference reference = info.getReferences().get(0);
    List<String> transforms =
        reference.getTransforms().stream().map(Transform::getAlgorithm).toList();
    require(
        "".equals(reference.getURI())
            && transforms.equals(List.of(Transform.ENVELOPED, C14N11))
            && reference.getDigestMethod().getAlgorithm().equals(DIGEST_SHA384),
        "the whole document, enveloped, in Canonical XML 1.1, with SHA-384",
        transforms);
  }

  private static List<byte[]> certificates(Element signature) throws MalformedEvidenceException {
    Element data =
        only(only(signature, XMLSignature.XMLNS, "KeyInfo"), XMLSignature.XMLNS, "X509Data");
    List<byte[]> certificates = new ArrayList<>();
    for (Element element : children(data)) {
      require(
          isNamed(element, XMLSignature.XMLNS, "X509Certificate")
              && certificates.size() < MAX_CERTIFICATES,
          "at most " + MAX_CERTIFICATES + " certificates",
          element.getNodeName());
      certificates.add(
          Base64Text.decode(element.getTextContent().replace("\n", ""))
              .orElseThrow(() -> malformed("certificates in base64", "other characters")));
    }
    return certificates;
  }

  private static ReferenceManifest content(Element meta, Element payload)
      throws MalformedEvidenceException {
    require(
        meta.getAttributeNS(RIM, "FirmwareManufacturerId").equals(NVIDIA),
        "FirmwareManufacturerId " + NVIDIA,
        meta.getAttributeNS(RIM, "FirmwareManufacturerId"));
    SortedMap<Integer, List<Bytes>> measurements = new TreeMap<>();
    Set<Integer> seen = new HashSet<>();
    for (Element resource : children(payload)) {
      require(
          isNamed(resource, SWID, "Resource")
              && resource.getAttribute("type").equals("Measurement")
              && seen.size() < MAX_RESOURCES,
          "at most " + MAX_RESOURCES + " measurements",
          resource.getNodeName());
      int index = number(resource, "index", MAX_RESOURCES);
      require(seen.add(index), "each index once", index);
      List<Bytes> values = values(resource);
      String active = resource.getAttribute("active");
      require(active.equals("True") || active.equals("False"), "active True or False", active);
      if (active.equals("True")) {
        measurements.put(index, values);
      }
    }
    return new ReferenceManifest(
        meta.getAttribute("edition"),
        meta.getAttribute("product"),
        meta.getAttribute("colloquialVersion"),
        measurements);
  }

  private static List<Bytes> values(Element resource) throws MalformedEvidenceException {
    int alternatives = number(resource, "alternatives", MAX_ALTERNATIVES);
    require(
        number(resource, "size", SpdmReport.DIGEST_BYTES) == SpdmReport.DIGEST_BYTES
            && alternatives > 0
            && hashes(resource) == alternatives,
        "as many hashes of 48 bytes as alternatives",
        hashes(resource) + " of " + alternatives);
    List<Bytes> values = new ArrayList<>();
    for (int i = 0; i < alternatives; i++) {
      String hash = resource.getAttributeNS(SHA384, "Hash" + i);
      require(HASH.matcher(hash).matches(), "Hash" + i + " of 96 hex digits", hash.length());
      values.add(Bytes.of(HexFormat.of().parseHex(hash)));
    }
    return values;
  }

  private static int hashes(Element resource) {
    NamedNodeMap attributes = resource.getAttributes();
    int count = 0;
    for (int i = 0; i < attributes.getLength(); i++) {
      if (attributes.item(i) instanceof Attr attribute
          && SHA384.equals(attribute.getNamespaceURI())) {
        count++;
      }
    }
    return count;
  }

  private static int number(Element element, String name, int max)
      throws MalformedEvidenceException {
    String text = element.getAttribute(name);
    require(
        NUMBER.matcher(text).matches() && Integer.parseInt(text) <= max,
        name + " from 0 to " + max,
        text);
    return Integer.parseInt(text);
  }

  private static boolean isNamed(Element element, String namespace, String name) {
    return namespace.equals(element.getNamespaceURI()) && name.equals(element.getLocalName());
  }

  private static List<Element> children(Element parent) {
    List<Element> children = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element) {
        children.add(element);
      }
    }
    return children;
  }

  /** Only what stands directly below its parent counts: nothing that is wrapped in something. */
  private static Element only(Element parent, String namespace, String name)
      throws MalformedEvidenceException {
    List<Element> found =
        children(parent).stream().filter(child -> isNamed(child, namespace, name)).toList();
    require(found.size() == 1, "one " + name + " in " + parent.getLocalName(), found.size());
    return found.get(0);
  }

  private static void require(boolean good, Object expected, Object actual)
      throws MalformedEvidenceException {
    if (!good) {
      throw malformed(expected, actual);
    }
  }

  private static MalformedEvidenceException malformed(Object expected, Object actual) {
    return MalformedEvidenceException.of(
        CHECK, ReasonCode.COLLATERAL_UNAVAILABLE, expected, actual, SOURCE);
  }

  /**
   * Returns what it says. Nothing of it counts before {@link #isSignedBy} does.
   *
   * @return its content
   */
  public ReferenceManifest content() {
    return content;
  }

  /**
   * {@return the certificates that it contains, in DER, the signer's first; none of them is
   * trusted}
   */
  public List<byte[]> certificates() {
    return certificates.stream().map(byte[]::clone).toList();
  }

  /**
   * Tells whether a key signed this.
   *
   * @param key of a certificate that was proven
   * @return true if digest and signature are right
   */
  public boolean isSignedBy(PublicKey key) {
    DOMValidateContext context = context(key, signatureElement);
    try {
      // Read anew: one object remembers its first answer, whatever key comes next.
      return signature(context).validate(context);
    } catch (MalformedEvidenceException | XMLSignatureException | RuntimeException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return content + ", " + certificates.size() + " certificates";
  }
}
