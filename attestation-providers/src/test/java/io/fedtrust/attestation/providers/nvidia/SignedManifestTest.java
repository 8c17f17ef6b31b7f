// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import io.fedtrust.attestation.providers.nvidia.format.ReferenceManifest;
import io.fedtrust.attestation.providers.nvidia.format.SignedManifest;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** XML is hostile: what is read is what was signed, and nothing else is ever looked for. */
class SignedManifestTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final int STEP = Integer.getInteger("fedtrust.flip.step", 63);
  private static final String GOOD = made();

  private static String made() {
    SimulatedGpuHost host = SimulatedGpuHost.create(NOW, new SecureRandom());
    host.gpu();
    ManifestId driver = host.manifestIds().get(0);
    return new String(host.sign(host.manifest(driver), NOW), StandardCharsets.UTF_8);
  }

  private static PublicKey key() {
    try {
      SignedManifest manifest = SignedManifest.parse(GOOD.getBytes(StandardCharsets.UTF_8));
      return Certificates.parse(manifest.certificates().get(0)).getPublicKey();
    } catch (MalformedEvidenceException e) {
      throw new AssertionError(e);
    }
  }

  /** What counts: the content, if its signature is right. */
  private static Optional<ReferenceManifest> counted(byte[] xml) {
    try {
      SignedManifest manifest = SignedManifest.parse(xml);
      return manifest.isSignedBy(key()) ? Optional.of(manifest.content()) : Optional.empty();
    } catch (MalformedEvidenceException e) {
      return Optional.empty();
    }
  }

  private static Optional<ReferenceManifest> counted(String xml) {
    return counted(xml.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  @DisplayName("a good manifest counts, again and again, and only under its signer's key")
  void good() throws Exception {
    SignedManifest manifest = SignedManifest.parse(GOOD.getBytes(StandardCharsets.UTF_8));
    PublicKey other = Certificates.parse(manifest.certificates().get(1)).getPublicKey();
    assertThat(manifest.isSignedBy(other)).isFalse();
    assertThat(manifest.isSignedBy(key())).isTrue();
    assertThat(manifest.isSignedBy(other)).isFalse();
    assertThat(manifest.content().version()).isEqualTo("550.90.07");
  }

  private static final String SIGNATURE =
      GOOD.substring(GOOD.indexOf("<Signature"), GOOD.indexOf("</Signature>") + 12);
  private static final String PAYLOAD =
      GOOD.substring(GOOD.indexOf("<Payload"), GOOD.indexOf("</Payload>") + 10);

  static Stream<Map.Entry<String, UnaryOperator<String>>> attacks() {
    String evil = PAYLOAD.replace("active=\"True\"", "active=\"False\"");
    return Stream.of(
        Map.entry(
            "external entity",
            xml ->
                "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
                    + xml.replace("550.90.07", "&e;")),
        Map.entry(
            "external subset", xml -> "<!DOCTYPE x SYSTEM \"http://127.0.0.1:1/x.dtd\">" + xml),
        Map.entry(
            "billion laughs",
            xml ->
                "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>" + xml),
        Map.entry("second signature", xml -> xml.replace(SIGNATURE, SIGNATURE + SIGNATURE)),
        Map.entry("no signature", xml -> xml.replace(SIGNATURE, "")),
        Map.entry("second root", xml -> xml + "<SoftwareIdentity/>"),
        Map.entry("second payload before", xml -> xml.replace(PAYLOAD, evil + PAYLOAD)),
        Map.entry("second payload after", xml -> xml.replace(PAYLOAD, PAYLOAD + evil)),
        Map.entry(
            "signed original wrapped away",
            xml -> xml.replace(PAYLOAD, evil + "<Link>" + PAYLOAD + "</Link>")),
        Map.entry(
            "signature moved into a wrapped original",
            xml ->
                xml.replace(SIGNATURE, "")
                    .replace("</SoftwareIdentity>", "<Link>" + xml + "</Link></SoftwareIdentity>")),
        Map.entry(
            "original as an object of its signature",
            xml -> xml.replace("</Signature>", "<Object>" + PAYLOAD + "</Object></Signature>")),
        Map.entry(
            "reference to a part",
            xml -> xml.replace("<Reference URI=\"\"", "<Reference URI=\"#x\"")),
        Map.entry(
            "reference to elsewhere",
            xml -> xml.replace("<Reference URI=\"\"", "<Reference URI=\"http://127.0.0.1:1/\"")),
        Map.entry(
            "stylesheet as transform",
            xml ->
                xml.replace(
                    "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
                    "http://www.w3.org/TR/1999/REC-xslt-19991116")),
        Map.entry(
            "signed by a shared secret",
            xml ->
                xml.replace(
                    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
                    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha384")),
        Map.entry(
            "weaker digest",
            xml ->
                xml.replace(
                    "http://www.w3.org/2001/04/xmldsig-more#sha384",
                    "http://www.w3.org/2000/09/xmldsig#sha1")),
        Map.entry("other manufacturer", xml -> xml.replace("=\"5703\"", "=\"1\"")),
        Map.entry("index twice", xml -> xml.replace("index=\"8\"", "index=\"7\"")),
        Map.entry(
            "more alternatives than hashes",
            xml -> xml.replaceFirst("alternatives=\"1\"", "alternatives=\"2\"")),
        Map.entry("another root", xml -> xml.replace("SoftwareIdentity", "Identity")),
        Map.entry(
            "deep",
            xml ->
                xml.replace(
                    "</SoftwareIdentity>",
                    "<a>".repeat(1000) + "</a>".repeat(1000) + "</SoftwareIdentity>")),
        Map.entry("huge", xml -> xml + " ".repeat(256 << 10)),
        Map.entry(
            "other characters",
            xml ->
                "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + xml.replace("True", "Tru\u00e9")),
        Map.entry("not XML", xml -> "{}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("attacks")
  @DisplayName("hostile XML never counts")
  void attack(Map.Entry<String, UnaryOperator<String>> attack) {
    String xml = attack.getValue().apply(GOOD);
    assertThat(xml).isNotEqualTo(GOOD);
    assertThat(counted(xml)).isEmpty();
  }

  @Test
  @DisplayName("an encoding that is declared changes nothing: characters are UTF-8")
  void declaredEncoding() {
    assertThat(counted("<?xml version=\"1.0\" encoding=\"UTF-7\"?>" + GOOD))
        .isEqualTo(counted(GOOD));
    assertThat(counted(GOOD.getBytes(StandardCharsets.UTF_16))).isEmpty();
  }

  /**
   * Bits that change nothing that is signed: white space within a tag, letters of a prefix or case
   * that XML does not tell apart. What counts stays the same then.
   */
  @Test
  @DisplayName("whatever bit of a manifest changes, it does not count or says the same")
  void flips() {
    Optional<ReferenceManifest> good = counted(GOOD);
    assertThat(good).isPresent();
    byte[] xml = GOOD.getBytes(StandardCharsets.UTF_8);
    int counting = 0;
    for (int bit = 0; bit < xml.length * Byte.SIZE; bit += STEP) {
      xml[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
      Optional<ReferenceManifest> changed = counted(xml);
      if (changed.isPresent()) {
        counting++;
        assertThat(changed).as("bit %s", bit).isEqualTo(good);
      }
      xml[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
    }
    // Certificates are not signed by the manifest: their own signatures are looked at elsewhere.
    assertThat(counting).isLessThan(xml.length);
  }

  @Test
  @DisplayName("a refusal says what was expected")
  void explains() {
    assertThatThrownBy(() -> SignedManifest.parse("<a/>".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(MalformedEvidenceException.class)
        .hasMessageContaining("SoftwareIdentity");
  }
}
