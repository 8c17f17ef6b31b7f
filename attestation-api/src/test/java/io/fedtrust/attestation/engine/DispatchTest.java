// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.protocol.JobAnswer;
import io.fedtrust.attestation.protocol.JobContext;
import io.fedtrust.attestation.protocol.JobDispatch;
import io.fedtrust.attestation.protocol.JobEnd;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.KeySignatures;
import io.fedtrust.attestation.spi.PeerMessage;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Each check, and what it stops (docs/protocol/jobs.md#dispatch). */
class DispatchTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";
  private static final String SERVER = Federation.SERVER;

  private final Federation federation = new Federation();
  private final RecordingHost host = new RecordingHost();
  private ScriptedServer server;
  private JobSet set;

  @BeforeEach
  void everybodyAccepts() {
    federation.add(A, builder -> builder.hooks(host));
    federation.add(B, builder -> {});
    server = new ScriptedServer(federation, SoftTee.CPU);
    federation.started();
    set = server.accepted(A, B);
    host.calls.clear();
  }

  private PeerMessage send(JobDispatch dispatch) {
    return server.send(A, ScriptedServer.message(dispatch));
  }

  private JobDispatch honest() {
    return server.dispatch(set, A, B, SERVER);
  }

  private Map<String, Optional<KeySignatures>> rows() {
    return new TreeMap<>(honest().participants());
  }

  private void refused(JobDispatch dispatch, String why) {
    PeerMessage reply = send(dispatch);
    assertThat(reply.topic()).isEqualTo(PeerMessage.REFUSED);
    assertThat(String.valueOf(reply.body().get(PeerMessage.REASON))).contains(why);
    assertThat(host.calls).isEmpty();
    assertThat(federation.at(A).participants(ScriptedServer.JOB)).isEmpty();
  }

  private void startsNow() {
    JobDispatch dispatch = honest();
    assertThat(server.starts(A, dispatch, send(dispatch))).isTrue();
  }

  private JobDispatch with(Map<String, Optional<KeySignatures>> rows) {
    return server.dispatch(set, set.expires(), rows);
  }

  @Test
  @DisplayName("5.1 a dispatch of another set, or too late, starts nothing")
  void otherSetOrLate() {
    JobSet other =
        new JobSet(
            set.job(),
            set.jobDigest(),
            set.challenge(),
            set.expires().minusSeconds(1),
            set.participants(),
            set.left());
    refused(server.dispatch(other, A, B, SERVER), "the set that this site accepted");
    for (Instant bad : List.of(server.now(), set.expires().plusSeconds(1))) {
      refused(server.dispatch(set, bad, rows()), "start_by");
    }
    startsNow();
  }

  @Test
  @DisplayName("5.2 a dispatch that the site key signed alone, or another process, starts nothing")
  void signatures() {
    JobDispatch good = honest();
    byte[] message = good.signatureInput(server.context());
    for (KeySignatures bad :
        List.of(
            new KeySignatures(good.signatures().site(), Optional.empty()),
            new KeySignatures(
                good.signatures().site(),
                Optional.of(Bytes.of(Site.KEYS.generate(new SecureRandom()).sign(message)))),
            new KeySignatures(
                Bytes.of(SiteSignatures.sign(Federation.identity(B).privateKey(), message)),
                good.signatures().session()))) {
      refused(
          new JobDispatch(good.set(), good.startBy(), good.participants(), bad),
          "a dispatch that the server signed");
    }
    startsNow();
  }

  @Test
  @DisplayName("5.3 a dispatch that grows, or lacks the server or this site, starts nothing")
  void members() {
    Map<String, Optional<KeySignatures>> grown = rows();
    grown.put("mallory", grown.get(B));
    refused(with(grown), "participants of the set");
    for (String missing : List.of(SERVER, A)) {
      Map<String, Optional<KeySignatures>> less = rows();
      less.remove(missing);
      refused(with(less), "a dispatch without it");
    }
    startsNow();
  }

  @Test
  @DisplayName("5.4 without everybody's own acceptance of this very set nothing starts")
  void acceptances() {
    KeySignatures ofB = server.acceptances.get(B);
    JobContext context = server.context();
    Bytes digest = set.digest(context);
    byte[] otherSet =
        JobAnswer.signatureInput(context, B, Bytes.of(new byte[32]), true, Optional.empty());
    byte[] declines = JobAnswer.signatureInput(context, B, digest, false, Optional.empty());
    byte[] accepts = JobAnswer.signatureInput(context, B, digest, true, Optional.empty());
    ProcessKeys foreign =
        new ProcessKeys(Federation.identity(B), Site.KEYS.generate(new SecureRandom()), true);
    for (Optional<KeySignatures> bad :
        List.of(
            Optional.<KeySignatures>empty(),
            Optional.of(new KeySignatures(ofB.site(), Optional.empty())),
            Optional.of(server.acceptances.get(A)),
            Optional.of(foreign.sign(otherSet)),
            Optional.of(foreign.sign(declines)),
            Optional.of(foreign.sign(accepts)))) {
      Map<String, Optional<KeySignatures>> rows = rows();
      rows.put(B, bad);
      refused(with(rows), "the acceptance of this set by hospital-b");
    }
    Map<String, Optional<KeySignatures>> own = rows();
    own.put(A, Optional.of(ofB));
    refused(with(own), "the acceptance of this set by hospital-a");
    Map<String, Optional<KeySignatures>> ofServer = rows();
    ofServer.put(SERVER, Optional.of(ofB));
    refused(with(ofServer), "the acceptance of this set by server1");
    startsNow();
  }

  @Test
  @DisplayName("5.5 a dispatch with too few clients is declined, and the attempt is over here")
  void tooFew() {
    Federation other = new Federation();
    RecordingHost demanding = new RecordingHost();
    demanding.definition =
        Optional.of(
            new JobRequirements(
                ScriptedServer.JOB,
                false,
                Optional.of(Set.of(A, B)),
                Set.of(),
                2,
                Optional.empty()));
    other.add(A, builder -> builder.hooks(demanding));
    other.add(B, builder -> {});
    ScriptedServer scripted = new ScriptedServer(other, SoftTee.CPU);
    other.started();
    JobSet both = scripted.accepted(A, B);
    PeerMessage reply =
        scripted.send(A, ScriptedServer.message(scripted.dispatch(both, A, SERVER)));
    assertThat(String.valueOf(reply.body().get(PeerMessage.REASON))).contains("DECLINED");
    other.time.pass(Duration.ofSeconds(1));
    assertThat(demanding.calls).endsWith("released cancelled").hasSize(2);
    assertThat(
            scripted.send(A, ScriptedServer.message(scripted.dispatch(both, A, B, SERVER))).topic())
        .isEqualTo(PeerMessage.REFUSED);
  }

  @Test
  @DisplayName("5.5 who declined is not there: a smaller dispatch starts with those who are")
  void smaller() {
    JobDispatch without = server.dispatch(set, A, SERVER);
    assertThat(server.starts(A, without, send(without))).isTrue();
    assertThat(host.calls).containsExactly("dispatched [hospital-a, server1]");
    assertThat(federation.at(A).participants(ScriptedServer.JOB)).containsExactly(A, SERVER);
  }

  @Test
  @DisplayName("5.6 a member that is not admitted here any more is declined")
  void notAdmitted() {
    federation.at(A).leave(B);
    PeerMessage reply = send(honest());
    assertThat(String.valueOf(reply.body().get(PeerMessage.REASON))).contains("DECLINED");
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(host.calls).containsExactly("released cancelled");
  }

  @Test
  @DisplayName("a dispatch before this site has accepted starts nothing")
  void tooEarly() {
    JobDispatch dispatch = honest();
    server.rollCall(A, B).lists(A, B);
    federation.time.pass(Duration.ofSeconds(1));
    host.calls.clear();
    refused(dispatch, "a set that this site accepted");
  }

  @Test
  @DisplayName("an end that is forged, of another set, or with another outcome ends nothing")
  void forgedEnd() {
    JobEnd good = server.end(set, JobOutcome.CANCELLED);
    KeySignatures signed = good.signatures();
    ScriptedServer another = server.restarted();
    federation.network.join(SERVER, (from, message) -> Network.lost());
    Map<String, JobEnd> forged = new LinkedHashMap<>();
    forged.put(
        "site key alone",
        new JobEnd(
            good.set(),
            good.outcome(),
            good.certificates(),
            new KeySignatures(signed.site(), Optional.empty())));
    forged.put("another process", another.end(set, JobOutcome.CANCELLED));
    forged.put(
        "a client's certificate",
        new JobEnd(good.set(), good.outcome(), Federation.identity(B).chain(), signed));
    forged.put(
        "another outcome",
        new JobEnd(good.set(), JobOutcome.FINISHED, good.certificates(), signed));
    forged.put(
        "another set",
        new JobEnd(Bytes.of(new byte[32]), good.outcome(), good.certificates(), signed));
    forged.forEach(
        (what, end) ->
            assertThat(server.send(A, ScriptedServer.message(end)).topic())
                .as(what)
                .isEqualTo(PeerMessage.REFUSED));
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(host.calls).isEmpty();
    startsNow();
  }

  @Test
  @DisplayName("a doubled end is answered again, and releases once")
  void doubledEnd() {
    PeerMessage end = ScriptedServer.message(server.end(set, JobOutcome.NOT_DISPATCHED));
    assertThat(server.send(A, end)).isEqualTo(server.send(A, end));
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(host.calls).containsExactly("released not-dispatched");
  }
}
