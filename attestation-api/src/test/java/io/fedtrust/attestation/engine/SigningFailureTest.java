// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.spi.PeerMessage;
import java.io.ByteArrayInputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The site key is elsewhere, and cannot sign for a while. */
class SigningFailureTest {
  private static final String A = "hospital-a";

  private static SiteIdentity guarded(SiteIdentity real, AtomicBoolean gone)
      throws CertificateException {
    RSAPrivateCrtKey key =
        (RSAPrivateCrtKey)
            Proxy.newProxyInstance(
                SigningFailureTest.class.getClassLoader(),
                new Class<?>[] {RSAPrivateCrtKey.class},
                (proxy, method, args) -> {
                  if (gone.get()) {
                    throw new IllegalStateException("session closed");
                  }
                  try {
                    return method.invoke(real.privateKey(), args);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> chain = new ArrayList<>();
    for (var each : real.chain()) {
      chain.add(
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(each.bytes())));
    }
    return SiteIdentity.of(real.project(), chain, key, real.root());
  }

  @Test
  @DisplayName("a refusal that cannot be signed is sent unsigned, and receive() never fails")
  void unsigned() throws CertificateException {
    Federation federation = new Federation();
    AtomicBoolean gone = new AtomicBoolean();
    SiteIdentity identity = guarded(Federation.identity(A), gone);
    federation.give(A, identity);
    CCManager client = federation.add(A, builder -> {});
    federation.start(client);
    gone.set(true);
    CompletableFuture<PeerMessage> reply =
        client
            .receive(
                Federation.SERVER,
                Refusals.refusable(
                    new PeerMessage(Topics.JOB_NONCE, Map.of(Topics.JOB, "job-1")),
                    new SecureRandom()))
            .toCompletableFuture();
    federation.time.pass(Duration.ofMinutes(1));
    assertThat(reply).isCompleted();
    assertThat(reply.join().topic()).isEqualTo(PeerMessage.REFUSED);
    assertThat(reply.join().body())
        .containsOnlyKeys(PeerMessage.REASON)
        .extractingByKey(PeerMessage.REASON)
        .asString()
        .startsWith(RefusalCode.NOT_ADMITTED.name());
  }
}
