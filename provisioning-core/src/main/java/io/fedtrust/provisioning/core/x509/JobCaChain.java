// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code job_ca.crt}: a job CA, then what lies between it and the root, without the root. It has
 * the profile that NVFlare's newer servers demand of it.
 */
public final class JobCaChain {
  /** How much of its validity must be left: a server refuses to start jobs with less. */
  public static final Duration LEAST_REMAINING = Duration.ofHours(1);

  private static final String COMMON_NAME = "job_ca.";
  private static final int MAX_CERTIFICATES = 4;
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final String SUBJECT_KEY = "2.5.29.14";
  private static final String AUTHORITY_KEY = "2.5.29.35";
  private static final int KEY_CERT_SIGN = 5;
  private static final List<String> BOTH_USES = List.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");

  private final CertificateFile jobCa;
  private final List<X509Certificate> certificates;
  private final X509Certificate root;

  private JobCaChain(
      CertificateFile jobCa, List<X509Certificate> certificates, X509Certificate root) {
    this.jobCa = jobCa;
    this.certificates = certificates;
    this.root = root;
  }

  /** Returns the common name of a project's job CA. */
  public static String commonName(String project) {
    return COMMON_NAME + project;
  }

  /**
   * Reads a chain and checks all but its validity.
   *
   * @throws IOException if it is none under this root; its message says why
   */
  public static JobCaChain read(byte[] pem, CertificateFile root, Jca jca) throws IOException {
    List<byte[]> blocks = Pem.onlyBlocks(pem, Pem.CERTIFICATE);
    if (blocks.size() > MAX_CERTIFICATES) {
      throw new IOException("a chain of " + blocks.size() + " certificates");
    }
    CertificateFile jobCa = CertificateFile.ofCertified(blocks.get(0), jca);
    try {
      List<X509Certificate> certificates = new ArrayList<>();
      for (byte[] der : blocks) {
        certificates.add(Jca.certificate(der));
      }
      JobCaChain chain = new JobCaChain(jobCa, List.copyOf(certificates), root.toX509());
      chain.requireProfile();
      chain.requirePath();
      return chain;
    } catch (GeneralSecurityException e) {
      throw new IOException("not a certificate the JDK can use", e);
    }
  }

  /** Returns the job CA. */
  public CertificateFile jobCa() {
    return jobCa;
  }

  /** Returns the job CA as the JDK has it. */
  public X509Certificate certificate() {
    return certificates.get(0);
  }

  /** Returns the end of the first certificate to expire, the root among them. */
  public Instant earliestEnd() {
    return all().map(each -> each.getNotAfter().toInstant()).min(Instant::compareTo).orElseThrow();
  }

  /** Returns the beginning of the last certificate to become valid, the root among them. */
  public Instant latestStart() {
    return all().map(each -> each.getNotBefore().toInstant()).max(Instant::compareTo).orElseThrow();
  }

  /** Tells whether a private key is the job CA's. */
  public boolean hasKey(PrivateKey key) {
    return KeyFiles.belongs(key, jobCa.publicKey());
  }

  private Stream<X509Certificate> all() {
    return Stream.concat(certificates.stream(), Stream.of(root));
  }

  private void requireProfile() throws IOException {
    X509Certificate own = certificate();
    Set<String> critical = own.getCriticalExtensionOIDs();
    boolean[] uses = own.getKeyUsage();
    require(own.getBasicConstraints() == 0, "BasicConstraints other than CA:TRUE, pathlen 0");
    require(critical.contains(BASIC_CONSTRAINTS), "BasicConstraints that are not critical");
    require(uses != null && uses[KEY_CERT_SIGN], "no KeyUsage keyCertSign");
    require(critical.contains(KEY_USAGE), "a KeyUsage that is not critical");
    require(!critical.contains(ALTERNATIVE_NAMES), "critical subject alternative names");
    require(own.getExtensionValue(SUBJECT_KEY) != null, "no subject key identifier");
    require(own.getExtensionValue(AUTHORITY_KEY) != null, "no authority key identifier");
    require(!own.getSubjectX500Principal().getName().isEmpty(), "no subject");
    try {
      require(NvflareUris.marksJobCa(own), "no URI " + NvflareUris.JOB_CA);
      for (X509Certificate each : certificates) {
        List<String> extended = each.getExtendedKeyUsage();
        require(
            extended == null || extended.containsAll(BOTH_USES),
            "an extended key usage without clientAuth and serverAuth");
      }
    } catch (CertificateException e) {
      throw new IOException("a job CA with " + e.getMessage(), e);
    }
  }

  private static void require(boolean holds, String otherwise) throws IOException {
    if (!holds) {
      throw new IOException("a job CA with " + otherwise);
    }
  }

  /** Whether it is valid at present is another question: the path is proven for its beginning. */
  private void requirePath() throws IOException {
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(latestStart()));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509").generateCertPath(certificates), parameters);
    } catch (GeneralSecurityException e) {
      throw new IOException("a job CA that the root CA did not issue", e);
    }
    if (root.getVersion() >= 3 && root.getBasicConstraints() < certificates.size()) {
      throw new IOException("a job CA under a root CA that allows no CA below it");
    }
  }
}
