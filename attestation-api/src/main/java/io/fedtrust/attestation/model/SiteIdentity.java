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
  /** How NVFlare's configuration and messages call the server, whatever its name is. */
  public static final String SERVER_ALIAS = "server";

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

  /** {@return the project's name} */
  public String project() {
    return project;
  }

  /** {@return this site's name: the common name of its certificate} */
  public String name() {
    return certificate.name();
  }

  /** {@return this site's name, role, key and root} */
  public SiteCertificate certificate() {
    return certificate;
  }

  /** {@return the certificates that this site shows, in DER, leaf first, without the root} */
  public List<Bytes> chain() {
    return chain;
  }

  /** {@return the project's root certificate} */
  public X509Certificate root() {
    return root;
  }

  /** {@return the site's private key} */
  public PrivateKey privateKey() {
    return privateKey;
  }

  @Override
  public String toString() {
    return name() + " of " + project;
  }
}
