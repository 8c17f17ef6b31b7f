// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteIdentity;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which certificates name a site of the project. */
class SiteCertificatesTest {
  private static final TestProject PROJECT = TestProject.HOSPITALS;
  private static final KeyPair KEYS = TestProject.keys(2048);
  private static final SiteCertificates CERTIFICATES =
      new SiteCertificates(() -> Set.of(PROJECT.root));

  private static void refused(byte[] der) {
    assertThatThrownBy(() -> CERTIFICATES.validate(List.of(Bytes.of(der)), TestProject.NOW))
        .isInstanceOfSatisfying(
            MalformedEvidenceException.class,
            e -> assertThat(e.check().code()).contains(ReasonCode.SITE_CERTIFICATE_INVALID));
  }

  private static X500NameBuilder name(String commonName) {
    return new X500NameBuilder().addRDN(BCStyle.CN, new DERUTF8String(commonName));
  }

  private static byte[] certificate(X500Name subject) throws Exception {
    return PROJECT.certificate(subject, KEYS).getEncoded();
  }

  @Test
  @DisplayName("name, role, key and root of a site's certificate")
  void good() throws Exception {
    X509Certificate certificate =
        PROJECT.certificate(TestProject.subject("hospital, a", "client"), KEYS);
    SiteCertificates.Proven proven =
        CERTIFICATES.validate(List.of(Bytes.of(certificate.getEncoded())), TestProject.NOW);
    assertThat(proven.site().name()).isEqualTo("hospital, a");
    assertThat(proven.site().role()).isEqualTo("client");
    assertThat(proven.site().publicKey()).isEqualTo(Bytes.of(KEYS.getPublic().getEncoded()));
    assertThat(proven.site().root()).isEqualTo(Bytes.of(PROJECT.root.getEncoded()));
    assertThat(proven.site().expiresAt()).isEqualTo(certificate.getNotAfter().toInstant());
    assertThat(CertificateEncoding.of(certificate)).isEqualTo(certificate.getEncoded());
    assertThat(CertificateEncoding.of(PROJECT.root)).isEqualTo(PROJECT.root.getEncoded());
  }

  @Test
  @DisplayName("two names, no role, two, a name with *, a user, a short key, the root")
  void names() throws Exception {
    refused(
        certificate(
            name("a").addRDN(BCStyle.CN, "b").addRDN(BCStyle.UnstructuredName, "client").build()));
    refused(certificate(name("a").build()));
    refused(
        certificate(
            name("a")
                .addRDN(BCStyle.UnstructuredName, "client")
                .addRDN(BCStyle.UnstructuredName, "server")
                .build()));
    refused(certificate(TestProject.subject("*group", "client")));
    refused(certificate(TestProject.subject("lead@hospital.org", "lead")));
    refused(
        PROJECT
            .certificate(TestProject.subject("a", "client"), TestProject.keys(1024))
            .getEncoded());
    refused(PROJECT.root.getEncoded());
    assertThatThrownBy(() -> CERTIFICATES.validate(List.of(), TestProject.NOW))
        .isInstanceOf(MalformedEvidenceException.class);
  }

  @Test
  @DisplayName("a job's certificate, and a site's that a job CA issued, name no site")
  void jobs() throws Exception {
    X500Name site = TestProject.subject("a", "client");
    String root = "https://nvidia.com/nvflare/v1/";
    for (String uri :
        List.of(
            root + "job/1", root + "cell/a.1", root + "ca/job", root + "job/", root + "job/1/2")) {
      refused(PROJECT.certificate(site, KEYS, List.of(uri)).getEncoded());
    }
    X509Certificate study =
        PROJECT.certificate(
            site, KEYS, List.of(root + "project/p/study/s", "https://example.org/v1/job/1"));
    assertThat(name(List.of(study))).isEqualTo("a");
    KeyPair ca = TestProject.keys(2048);
    X509Certificate below = TestProject.below("job_ca", ca, site, KEYS);
    X509Certificate plain = PROJECT.authority("job_ca", ca, List.of());
    assertThat(name(List.of(below, plain))).isEqualTo("a");
    X509Certificate marked = PROJECT.authority("job_ca", ca, List.of(root + "ca/job"));
    assertThatThrownBy(() -> name(List.of(below, marked)))
        .isInstanceOfSatisfying(
            MalformedEvidenceException.class,
            e -> assertThat(e.check().code()).contains(ReasonCode.SITE_CERTIFICATE_INVALID));
  }

  private static String name(List<X509Certificate> chain) throws Exception {
    List<Bytes> encoded = new java.util.ArrayList<>();
    for (X509Certificate certificate : chain) {
      encoded.add(Bytes.of(certificate.getEncoded()));
    }
    return CERTIFICATES.validate(encoded, TestProject.NOW).site().name();
  }

  @Test
  @DisplayName("before and after its validity a certificate names nobody")
  void validity() throws Exception {
    List<Bytes> chain = List.of(Bytes.of(certificate(TestProject.subject("a", "client"))));
    for (Duration off : List.of(Duration.ofDays(-2), Duration.ofDays(366))) {
      assertThatThrownBy(() -> CERTIFICATES.validate(chain, TestProject.NOW.plus(off)))
          .isInstanceOf(MalformedEvidenceException.class);
    }
  }

  @Test
  @DisplayName("no bit of a certificate can change, and no byte be added")
  void everyBit() throws Exception {
    byte[] good = certificate(TestProject.subject("a", "client"));
    for (int bit = 0; bit < good.length * Byte.SIZE; bit++) {
      byte[] flipped = good.clone();
      flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      refused(flipped);
    }
    refused(Arrays.copyOf(good, good.length + 1));
    refused(new byte[0]);
  }

  @Test
  @DisplayName("an identity shows its chain without the root, and must name a site")
  void identity() throws Exception {
    X509Certificate leaf = PROJECT.certificate(TestProject.subject("a", "client"), KEYS);
    SiteIdentity identity =
        SiteIdentity.of("p", List.of(leaf, PROJECT.root), KEYS.getPrivate(), PROJECT.root);
    assertThat(identity.chain()).containsExactly(Bytes.of(leaf.getEncoded()));
    assertThat(identity).hasToString("a of p");
    assertThatThrownBy(
            () -> SiteIdentity.of("p", List.of(PROJECT.root), KEYS.getPrivate(), PROJECT.root))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                SiteIdentity.of(
                    "p",
                    List.of(PROJECT.certificate(name("a").build(), KEYS)),
                    KEYS.getPrivate(),
                    PROJECT.root))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("exactly one role");
  }
}
