// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.protocol.CCInfo;
import io.fedtrust.attestation.protocol.JobAnswer;
import io.fedtrust.attestation.protocol.JobContext;
import io.fedtrust.attestation.protocol.JobDispatch;
import io.fedtrust.attestation.protocol.JobEnd;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.JobStart;
import io.fedtrust.attestation.protocol.KeySignatures;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import io.fedtrust.attestation.protocol.SignedJobSet;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A client that keeps to the job protocol, except where a test has it do something else. */
final class ScriptedClient {
  /** Answers a message instead of this client. */
  @FunctionalInterface
  interface Answering {
    CompletableFuture<PeerMessage> answer(PeerMessage message) throws MalformedEvidenceException;
  }

  final Site site;
  final List<PeerMessage> heard = new ArrayList<>();
  final Map<String, Answering> instead = new HashMap<>();
  private final Federation federation;
  private final String name;
  private Optional<SignedJobSet> set = Optional.empty();

  /** Joins the network and registers with the server. */
  ScriptedClient(Federation federation, String name, SoftTee... hardware) {
    this.federation = federation;
    this.name = name;
    this.site = new Site(Federation.identity(name), hardware);
    federation.network.join(name, this::receive);
  }

  ScriptedClient registered() {
    try {
      PeerMessage challenge =
          ofServer(new PeerMessage(Topics.CHALLENGE, Map.of(Topics.REQUESTER, name)));
      SignedEvidenceRequest request =
          SignedEvidenceRequest.of(challenge.body(), Topics.ASK, TestProject.NAME);
      Map<String, Object> body = new LinkedHashMap<>(shown(request, request.request().verifier()));
      body.put(
          Topics.ASK,
          site.challenger
              .request(
                  request.request().mode(),
                  request.request().purpose(),
                  Federation.SERVER,
                  Optional.empty(),
                  Site.LIFE,
                  federation.time.instant())
              .toMap());
      ofServer(new PeerMessage(Topics.REGISTER, body));
      return this;
    } catch (MalformedEvidenceException e) {
      throw new IllegalStateException(e);
    }
  }

  PeerMessage ofServer(PeerMessage message) {
    return federation.time.await(federation.server().receive(name, message));
  }

  private List<CCToken> evidence(SignedEvidenceRequest request) {
    return site.attester.answer(request.request(), Deadline.in(Site.LIFE)).join();
  }

  /** Messages of one topic that the server sent to this client. */
  List<PeerMessage> heard(String topic) {
    return heard.stream().filter(message -> message.topic().equals(topic)).toList();
  }

  CompletableFuture<PeerMessage> receive(String from, PeerMessage message) {
    heard.add(message);
    try {
      Answering other = instead.get(message.topic());
      return other == null
          ? CompletableFuture.completedFuture(honest(message))
          : other.answer(message);
    } catch (MalformedEvidenceException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  PeerMessage honest(PeerMessage message) throws MalformedEvidenceException {
    return new PeerMessage(
        message.topic(),
        switch (message.topic()) {
          case Topics.JOB_NONCE ->
              Map.of(
                  Topics.NONCE,
                  Base64.getEncoder().encodeToString(Challenge.random(new SecureRandom()).value()));
          case Topics.JOB_LIST ->
              shown(
                  SignedEvidenceRequest.of(message.body(), Topics.ASK, TestProject.NAME),
                  Binding.GROUP);
          case Topics.CHECK_RESOURCE -> answer(message, true, Optional.empty());
          case Topics.JOB_DISPATCH -> start(message);
          default -> Map.of();
        });
  }

  private Map<String, Object> shown(SignedEvidenceRequest request, String verifier) {
    return site.attester.isUnattested()
        ? Map.of(
            Topics.HERE,
            site.attester
                .here(verifier, request.request().job(), request.request().challenge())
                .toMap())
        : Map.of(CCInfo.KEY, CCInfo.toMap(name, evidence(request)));
  }

  /** A refusal that this client signs. */
  PeerMessage refusing(PeerMessage message, Refusal refusal) {
    return new Refusals(Site.alone(site.identity), Federation.SERVER, site.certificates)
        .reply(Federation.SERVER, message, refusal);
  }

  static SignedJobSet setIn(PeerMessage message) {
    try {
      return SignedJobSet.fromMap((Map<?, ?>) message.body().get(Topics.SET));
    } catch (MalformedEvidenceException e) {
      throw new IllegalStateException(e);
    }
  }

  /** In which a site signs; all have the same root here. */
  JobContext context(JobSet of) {
    return new JobContext(
        site.identity.certificate().root(), TestProject.NAME, Federation.SERVER, of.job());
  }

  ProcessKeys keys() {
    return new ProcessKeys(site.identity, site.session, !site.attester.isUnattested());
  }

  Map<String, Object> answer(PeerMessage message, boolean accepts, Optional<ReasonCode> reason) {
    set = Optional.of(setIn(message));
    Bytes digest = set.get().set().digest(context(set.get().set()));
    KeySignatures signatures =
        keys()
            .sign(
                JobAnswer.signatureInput(context(set.get().set()), name, digest, accepts, reason));
    return answer(accepts, new JobAnswer(digest, accepts, reason, signatures));
  }

  static Map<String, Object> answer(boolean enough, JobAnswer answer) {
    return Map.of(Topics.ENOUGH, enough, Topics.RESERVE_TOKEN, "", Topics.ANSWER, answer.toMap());
  }

  private Map<String, Object> start(PeerMessage message) throws MalformedEvidenceException {
    JobDispatch dispatch = JobDispatch.fromMap((Map<?, ?>) message.body().get(Topics.DISPATCH));
    JobContext context = context(set.orElseThrow().set());
    byte[] input = JobStart.signatureInput(context, name, dispatch.signatureInput(context));
    return Map.of(
        Topics.START,
        new JobStart(
                site.attester.isUnattested()
                    ? keys().siteSignature(input)
                    : keys().sessionSignature(input))
            .toMap());
  }

  /** How the server ended its sets, as this client heard it. */
  List<JobOutcome> ends() {
    return heard(Topics.JOB_END).stream()
        .map(
            message -> {
              try {
                return JobEnd.fromMap((Map<?, ?>) message.body().get(Topics.END)).outcome();
              } catch (MalformedEvidenceException e) {
                throw new IllegalStateException(e);
              }
            })
        .toList();
  }
}
