// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.core.x509.NvflareUris;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Provisioning and attestation share no code, and yet check the URIs of certificates equally. */
class CertificateUrisTest {
  private static final List<String> STARTS =
      List.of(
          "https://nvidia.com/nvflare/",
          "https://NVIDIA.com/nvflare/",
          "https://nvidia.com:443/nvflare/",
          "https://nvidia.com/nvflare",
          "https://example.org/nvflare/");
  private static final List<String> ENDS =
      List.of(
          "",
          "v1",
          "v1/",
          "v1/job/1",
          "v1/job/",
          "v1/job/a/b",
          "v1/job/%2f",
          "v1/job/%2",
          "v1/cell/site-1.1",
          "v1/ca/job",
          "v1/ca/other",
          "v1/other/x",
          "v2/job/1",
          "v1/project/p/study/s",
          "v1/project/p/study/default",
          "v1/project/p/study/S",
          "v1/project/p/other/s");

  @Test
  @DisplayName("every URI, alone, twice and above a leaf, gets the same result from both halves")
  void alike() {
    int refused = 0;
    int accepted = 0;
    for (List<List<String>> chain : chains()) {
      String provisioning = refusal(() -> NvflareUris.requireParticipant(chain));
      String attestation =
          refusal(() -> io.fedtrust.attestation.engine.NvflareUris.requireParticipant(chain));
      assertThat(attestation).as(chain.toString()).isEqualTo(provisioning);
      refused += provisioning.isEmpty() ? 0 : 1;
      accepted += provisioning.isEmpty() ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(100);
    assertThat(accepted).isGreaterThan(50);
  }

  @Test
  @DisplayName("both read a certificate alike: no names, other names, several, and unreadable ones")
  void certificates() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair keys = generator.generateKeyPair();
    String root = STARTS.get(0);
    judged("", keys, Optional.empty());
    judged("", keys, names(dns("site-1")));
    judged("", keys, names(dns("site-1"), uri("https://example.org/nvflare/v1/job/1")));
    judged("", keys, names(uri(root + "v1/project/p/study/s")));
    String job = "a job's certificate names no participant";
    judged(job, keys, names(uri(root + "v1/job/1")));
    judged(job, keys, names(dns("site-1"), uri(root + "v1/cell/site-1.1")));
    judged(
        "a job CA is in the chain: it names no participant",
        keys,
        names(dns("job_ca.p"), uri(root + "v1/ca/job")));
    judged("URIs of several jobs", keys, names(uri(root + "v1/job/1"), uri(root + "v1/job/2")));
    judged(
        "a URI under https://nvidia.com/nvflare/ that is malformed",
        keys,
        names(uri(root + "v1/job/")));
    String unreadable = "unreadable subject alternative names";
    judged(unreadable, keys, Optional.of(new byte[] {1, 2, 3}));
    judged(unreadable, keys, names(uri(root + "v1/job/a b")));
  }

  /** As a leaf, and above one. */
  private static void judged(String refusal, KeyPair keys, Optional<byte[]> names)
      throws Exception {
    X509Certificate plain = certificate(keys, Optional.empty());
    X509Certificate certificate = certificate(keys, names);
    for (X509Certificate[] chain :
        new X509Certificate[][] {{certificate}, {plain, certificate}, {certificate, plain}}) {
      assertThat(refusal(() -> NvflareUris.requireParticipant(chain))).isEqualTo(refusal);
      assertThat(
              refusal(() -> io.fedtrust.attestation.engine.NvflareUris.requireParticipant(chain)))
          .isEqualTo(refusal);
    }
  }

  private static X509Certificate certificate(KeyPair keys, Optional<byte[]> names)
      throws Exception {
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=fed"),
            BigInteger.ONE,
            Date.from(Instant.EPOCH),
            Date.from(Instant.EPOCH.plusSeconds(1000)),
            new X500Name("CN=site-1"),
            keys.getPublic());
    if (names.isPresent()) {
      builder.addExtension(Extension.subjectAlternativeName, false, names.get());
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static Optional<byte[]> names(GeneralName... names) throws IOException {
    return Optional.of(new GeneralNames(names).getEncoded());
  }

  private static GeneralName dns(String name) {
    return new GeneralName(GeneralName.dNSName, name);
  }

  private static GeneralName uri(String uri) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
  }

  private static List<List<List<String>>> chains() {
    List<List<List<String>>> chains = new ArrayList<>();
    for (String start : STARTS) {
      for (String end : ENDS) {
        String uri = start + end;
        chains.add(List.of(List.of(uri)));
        chains.add(List.of(List.of(uri, uri)));
        chains.add(List.of(List.of(), List.of(uri)));
      }
    }
    return chains;
  }

  private interface Check {
    void make() throws CertificateException;
  }

  /** Returns why it was refused, or nothing. */
  private static String refusal(Check check) {
    try {
      check.make();
      return "";
    } catch (CertificateException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
