// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import io.fedtrust.provisioning.KitTls;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** TLS from a kit, through the JDK's JSSE. */
final class ContextKitTls implements KitTls {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final int CONNECT_MILLIS = 30_000;
  private static final char[] IN_MEMORY = "in memory only".toCharArray();

  private final StartupKit kit;
  private final SSLContext context;

  ContextKitTls(StartupKit kit, List<X509Certificate> customRoots) {
    this.kit = kit;
    try {
      this.context = context(kit, customRoots);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("TLS cannot be set up from this kit", e);
    }
  }

  private static SSLContext context(StartupKit kit, List<X509Certificate> customRoots)
      throws GeneralSecurityException, IOException {
    boolean foreignServer =
        kit.connectionSecurity() == ConnectionSecurity.TLS && !customRoots.isEmpty();
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    List<X509Certificate> roots = foreignServer ? customRoots : List.of(kit.rootCertificate());
    for (X509Certificate root : roots) {
      anchors.setCertificateEntry("root-" + anchors.size(), root);
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(anchors);
    X509ExtendedTrustManager chains = (X509ExtendedTrustManager) trust.getTrustManagers()[0];
    PeerTrustManager peers =
        new PeerTrustManager(chains, kit.endpoint().serverName(), foreignServer);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys(kit), new TrustManager[] {peers}, null);
    return context;
  }

  /** One-way TLS shows no client certificate. */
  private static KeyManager[] keys(StartupKit kit) throws GeneralSecurityException {
    if (kit.certType() != CertType.SERVER && kit.connectionSecurity() == ConnectionSecurity.TLS) {
      return new KeyManager[0];
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(kit.keyStore(IN_MEMORY), IN_MEMORY);
    return keys.getKeyManagers();
  }

  @Override
  public SSLSocket connect() throws IOException {
    return connect(new InetSocketAddress(kit.endpoint().host(), kit.endpoint().port()));
  }

  @Override
  public SSLSocket connect(InetSocketAddress address) throws IOException {
    Socket plain = new Socket();
    try {
      plain.connect(address, CONNECT_MILLIS);
      // The name to check is the kit's, whatever address leads there.
      SSLSocket socket =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(plain, kit.endpoint().host(), address.getPort(), true);
      socket.setSSLParameters(clientParameters(socket.getSSLParameters()));
      socket.setSoTimeout(CONNECT_MILLIS);
      socket.startHandshake();
      socket.setSoTimeout(0);
      return socket;
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  @Override
  public SSLEngine clientEngine() {
    SSLEngine engine = context.createSSLEngine(kit.endpoint().host(), kit.endpoint().port());
    engine.setUseClientMode(true);
    engine.setSSLParameters(clientParameters(engine.getSSLParameters()));
    return engine;
  }

  @Override
  public SSLEngine serverEngine() {
    requireServer();
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setSSLParameters(serverParameters(engine.getSSLParameters()));
    return engine;
  }

  @Override
  public SSLServerSocket listen(InetSocketAddress address) throws IOException {
    requireServer();
    SSLServerSocket socket =
        (SSLServerSocket) context.getServerSocketFactory().createServerSocket();
    socket.setSSLParameters(serverParameters(socket.getSSLParameters()));
    socket.bind(address);
    return socket;
  }

  @Override
  public SSLContext sslContext() {
    return context;
  }

  private static SSLParameters clientParameters(SSLParameters parameters) {
    parameters.setProtocols(PROTOCOLS);
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    return parameters;
  }

  private SSLParameters serverParameters(SSLParameters parameters) {
    parameters.setProtocols(PROTOCOLS);
    parameters.setNeedClientAuth(kit.connectionSecurity() == ConnectionSecurity.MTLS);
    return parameters;
  }

  private void requireServer() {
    if (kit.certType() != CertType.SERVER) {
      throw new IllegalStateException("only a server's kit can accept connections");
    }
  }
}
