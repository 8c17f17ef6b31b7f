// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.Scheme;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * A participant's startup kit, made here or by NVFlare: who it is, where the server is, and its
 * credentials, for an FL server or client that lives in a JVM.
 */
public interface StartupKit {
  /**
   * Opens a kit and checks that key, certificate and root CA belong together.
   *
   * @param kitFolder the folder with {@code startup/} and {@code local/}
   * @return the kit
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code KIT_INVALID}, {@code
   *     KEY_INVALID}, {@code KEY_CERT_MISMATCH}, {@code CERT_CHAIN_INVALID} or {@code
   *     JOB_CA_INVALID}
   */
  static StartupKit open(Path kitFolder) {
    return Provisioning.engine().openKit(kitFolder);
  }

  /**
   * Returns where the kit is.
   *
   * @return absolute path
   */
  Path folder();

  /**
   * Returns the project.
   *
   * @return project name
   */
  String project();

  /**
   * Returns the participant's name.
   *
   * @return the certificate's common name
   */
  String name();

  /**
   * Returns the participant's organization.
   *
   * @return the certificate's organization
   */
  String org();

  /**
   * Returns what the kit is for.
   *
   * @return the certificate's type
   */
  CertType certType();

  /**
   * Returns where this participant connects, or the server listens.
   *
   * @return host and port, with the server's name
   */
  Endpoint endpoint();

  /**
   * Returns how the connection is protected.
   *
   * @return the kit's setting
   */
  ConnectionSecurity connectionSecurity();

  /**
   * Returns the trust anchor.
   *
   * @return the project's root CA
   */
  X509Certificate rootCertificate();

  /**
   * Returns the root CA's fingerprint.
   *
   * @return of {@link #rootCertificate}
   */
  Fingerprint fingerprint();

  /**
   * Returns the participant's certificates.
   *
   * @return leaf first, without the root
   */
  List<X509Certificate> certificateChain();

  /**
   * Returns the job CA of a server's kit.
   *
   * @return its certificate; empty if the kit has none
   */
  Optional<X509Certificate> jobCaCertificate();

  /**
   * Returns the private key. Handle with care; it is not printed by {@code toString}.
   *
   * @return an RSA key
   */
  PrivateKey privateKey();

  /**
   * Returns key, chain and trust anchor as a PKCS#12 store, for libraries that take one.
   *
   * @param password protects the key entry; not retained
   * @return entries: the participant's name for the key, {@code root} for the anchor
   */
  KeyStore keyStore(char[] password);

  /**
   * Returns TLS with the peer checks of this federation already right.
   *
   * @return sockets and engines
   * @throws IllegalStateException if the kit says {@code clear}; see {@link #connectionSecurity}
   */
  KitTls tls();

  /**
   * Where a kit connects or listens.
   *
   * @param scheme how
   * @param host target host; for a server, its own name
   * @param port the port for this participant: admin port for administrators, else the FL port
   * @param serverName the common name the server must show
   */
  record Endpoint(Scheme scheme, String host, int port, String serverName) {}
}
