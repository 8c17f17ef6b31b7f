// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import io.fedtrust.provisioning.core.x509.NvflareUris;
import io.fedtrust.provisioning.core.x509.Subject;
import io.fedtrust.provisioning.model.CertType;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * Checks chains (and, for clients, host names) with the JDK, then that the peer is a participant
 * and no job, then who it is. The check without a connection is refused: it could not check a host
 * name.
 */
final class PeerTrustManager extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager chains;
  private final String serverName;
  private final boolean foreignServer;

  /**
   * @param chains checks certificate paths
   * @param serverName common name of the federation's server
   * @param foreignServer whether a proxy with a certificate of another CA stands before the server;
   *     its subject says nothing of the federation
   */
  PeerTrustManager(X509ExtendedTrustManager chains, String serverName, boolean foreignServer) {
    this.chains = chains;
    this.serverName = serverName;
    this.foreignServer = foreignServer;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    chains.checkServerTrusted(chain, authType, socket);
    NvflareUris.requireParticipant(chain);
    requireServer(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    chains.checkServerTrusted(chain, authType, engine);
    NvflareUris.requireParticipant(chain);
    requireServer(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    chains.checkClientTrusted(chain, authType, socket);
    NvflareUris.requireParticipant(chain);
    requireParticipant(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    chains.checkClientTrusted(chain, authType, engine);
    NvflareUris.requireParticipant(chain);
    requireParticipant(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("a server is checked only on a connection");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("a client is checked only on a connection");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chains.getAcceptedIssuers();
  }

  private void requireServer(X509Certificate[] chain) throws CertificateException {
    if (foreignServer) {
      return;
    }
    X500Name subject = subject(chain);
    String name = Subject.commonName(subject).orElse("none");
    if (!name.equals(serverName)) {
      throw new CertificateException(
          "the peer is " + name + ", not the federation's server " + serverName);
    }
    Optional<String> type = Subject.certType(subject);
    // Central provisioning gives servers no type; a participant of another type is never one.
    if (type.isPresent() && !type.get().equals(CertType.SERVER.text())) {
      throw new CertificateException(
          "the peer's certificate is of type " + type.get() + ", not server");
    }
  }

  private static void requireParticipant(X509Certificate[] chain) throws CertificateException {
    if (Subject.certType(subject(chain)).filter(CertType.SERVER.text()::equals).isPresent()) {
      throw new CertificateException("a server's certificate is not accepted from a client");
    }
  }

  private static X500Name subject(X509Certificate[] chain) throws CertificateException {
    try {
      return X500Name.getInstance(chain[0].getSubjectX500Principal().getEncoded());
    } catch (IllegalArgumentException e) {
      throw new CertificateException("unreadable subject", e);
    }
  }
}
