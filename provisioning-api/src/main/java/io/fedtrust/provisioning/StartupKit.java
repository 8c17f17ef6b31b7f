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

  /** {@return the absolute path of the kit} */
  Path folder();

  /** {@return the name of the project} */
  String project();

  /** {@return the participant's name, which is the certificate's common name} */
  String name();

  /** {@return the participant's organization, as the certificate has it} */
  String org();

  /** {@return the type of the certificate, which says what the kit is for} */
  CertType certType();

  /**
   * {@return where this participant connects, or the server listens: host and port, with the
   * server's name}
   */
  Endpoint endpoint();

  /** {@return the kit's setting of how the connection is protected} */
  ConnectionSecurity connectionSecurity();

  /** {@return the certificate of the project's root CA, the trust anchor} */
  X509Certificate rootCertificate();

  /** {@return the fingerprint of {@link #rootCertificate}} */
  Fingerprint fingerprint();

  /** {@return the participant's certificates, leaf first, without the root} */
  List<X509Certificate> certificateChain();

  /** {@return the certificate of the job CA in a server's kit; empty if the kit has none} */
  Optional<X509Certificate> jobCaCertificate();

  /**
   * Returns the private key. Handle with care; it is not printed by {@code toString}.
   *
   * @return an RSA key
   */
  PrivateKey privateKey();

  /**
   * {@return key, chain and trust anchor as a PKCS#12 store, for libraries that take one: entries:
   * the participant's name for the key, {@code root} for the anchor}
   *
   * @param password protects the key entry; not retained
   */
  KeyStore keyStore(char[] password);

  /**
   * {@return sockets and engines for TLS that make this federation's checks of the peer}
   *
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
