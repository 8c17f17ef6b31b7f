// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The site that this program runs at: its certificate, its key, its project. */
public final class SiteIdentity {
  private final String project;
  private final SiteCertificate certificate;
  private final List<Bytes> chain;
  private final PrivateKey privateKey;
  private final X509Certificate root;

  private SiteIdentity(
      String project,
      SiteCertificate certificate,
      List<Bytes> chain,
      PrivateKey privateKey,
      X509Certificate root) {
    this.project = project;
    this.certificate = certificate;
    this.chain = chain;
    this.privateKey = privateKey;
    this.root = root;
  }

  /**
   * Takes what a startup kit holds.
   *
   * @param project the project's name
   * @param chain certificates, leaf first; the root may be at its end
   * @param privateKey of the leaf
   * @param root the project's root certificate
   * @return the identity
   * @throws IllegalArgumentException if the leaf does not name one site in one role, or the chain
   *     is too long
   */
  public static SiteIdentity of(
      String project, List<X509Certificate> chain, PrivateKey privateKey, X509Certificate root) {
    List<X509Certificate> shown = new ArrayList<>(chain);
    shown.remove(root);
    if (shown.isEmpty() || shown.size() > EntryProof.MAX_CERTIFICATES) {
      throw new IllegalArgumentException(
          "chain: expected 1 to " + EntryProof.MAX_CERTIFICATES + ", was " + shown.size());
    }
    try {
      List<Bytes> encoded = new ArrayList<>();
      for (X509Certificate item : shown) {
        encoded.add(Bytes.of(item.getEncoded()));
      }
      return new SiteIdentity(
          Objects.requireNonNull(project, "project"),
          SiteCertificate.of(shown.get(0), root),
          List.copyOf(encoded),
          Objects.requireNonNull(privateKey, "privateKey"),
          root);
    } catch (CertificateEncodingException | MalformedEvidenceException e) {
      throw new IllegalArgumentException("chain: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the project.
   *
   * @return its name
   */
  public String project() {
    return project;
  }

  /**
   * Returns this site's name.
   *
   * @return the common name of its certificate
   */
  public String name() {
    return certificate.name();
  }

  /**
   * Returns who this site is.
   *
   * @return name, role, key and root
   */
  public SiteCertificate certificate() {
    return certificate;
  }

  /**
   * Returns the certificates that this site shows.
   *
   * @return DER, leaf first, without the root
   */
  public List<Bytes> chain() {
    return chain;
  }

  /**
   * Returns the project's root certificate.
   *
   * @return the root
   */
  public X509Certificate root() {
    return root;
  }

  /**
   * Returns the site's key.
   *
   * @return the private key
   */
  public PrivateKey privateKey() {
    return privateKey;
  }

  @Override
  public String toString() {
    return name() + " of " + project;
  }
}
