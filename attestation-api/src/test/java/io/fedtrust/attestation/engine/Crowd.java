// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.protocol.CCInfo;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.security.KeyPair;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Many sites for one server: each proves itself as a client does, and does nothing else. They share
 * one key, since making one for each takes minutes.
 */
final class Crowd {
  private static final KeyPair KEYS = TestProject.keys(2048);
  private static final Map<String, SiteIdentity> IDENTITIES = new HashMap<>();

  private final Site site;
  private final ReportQueue queue;
  private final Federation federation;

  private Crowd(Site site, Federation federation) {
    this.site = site;
    this.federation = federation;
    this.queue = Site.queue(site.reporter::answers, Duration.ofMillis(200), federation.time);
  }

  static SiteIdentity identity(String name) {
    return IDENTITIES.computeIfAbsent(
        name, some -> TestProject.HOSPITALS.site(some, "client", KEYS));
  }

  /** Joins the network, and registers at the server. */
  static void register(Federation federation, String name, String measurement) {
    Crowd one = joining(federation, name, measurement);
    PeerMessage challenge =
        federation.time.await(
            federation.server().receive(name, new PeerMessage(Topics.CHALLENGE, Map.of())));
    federation.time.await(
        federation
            .server()
            .receive(name, new PeerMessage(Topics.REGISTER, one.registration(challenge.body()))));
  }

  /** Joins the network in the place of whoever had the name. */
  static Crowd joining(Federation federation, String name, String measurement) {
    return joining(federation, identity(name), SoftTee.CPU.running(measurement));
  }

  /** Joins with a certificate of the name and the key of nobody. */
  static void withAnotherKey(Federation federation, String name) {
    SiteIdentity genuine = identity(name);
    SiteIdentity mixed =
        SiteIdentity.of(
            TestProject.NAME,
            List.of(TestProject.HOSPITALS.certificate(TestProject.subject(name, "client"), KEYS)),
            TestProject.keys(2048).getPrivate(),
            genuine.root());
    joining(federation, mixed, SoftTee.CPU);
  }

  private static Crowd joining(Federation federation, SiteIdentity identity, SoftTee hardware) {
    Crowd one = new Crowd(new Site(identity, hardware), federation);
    federation.network.join(identity.name(), (peer, message) -> one.answer(message));
    return one;
  }

  private Map<String, Object> registration(Map<String, Object> challenge) {
    try {
      SignedEvidenceRequest asked =
          SignedEvidenceRequest.of(challenge, Topics.ASK, TestProject.NAME);
      Map<String, Object> body = new LinkedHashMap<>();
      body.put(
          CCInfo.KEY,
          CCInfo.toMap(
              site.identity.name(),
              site.attester.answer(asked.request(), Deadline.in(Site.LIFE)).join()));
      body.put(
          Topics.ASK,
          site.challenger
              .request(
                  EvidenceRequest.Mode.PAIRWISE,
                  EvidencePurpose.REGISTRATION,
                  Federation.SERVER,
                  Optional.empty(),
                  Site.LIFE,
                  TestProject.NOW)
              .toMap());
      return body;
    } catch (MalformedEvidenceException e) {
      throw new IllegalStateException(e);
    }
  }

  private CompletionStage<PeerMessage> answer(PeerMessage message) {
    try {
      return queue
          .add(
              SignedEvidenceRequest.of(message.body(), Topics.ASK, TestProject.NAME).request(),
              Deadline.in(Site.LIFE, federation.time::nanos))
          .thenApply(
              entries ->
                  new PeerMessage(
                      message.topic(),
                      Map.of(
                          Topics.SITE_NAME,
                          site.identity.name(),
                          Topics.REPLY_INFO,
                          entries.stream().map(CCToken::toMap).toList())));
    } catch (MalformedEvidenceException e) {
      return CompletableFuture.completedFuture(PeerMessage.refused(e.getMessage()));
    }
  }
}
