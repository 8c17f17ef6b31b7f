// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.protocol.JobDispatch;
import io.fedtrust.attestation.protocol.JobSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Where an attempt of a client stands (docs/protocol/jobs.md#states-at-a-client). */
sealed interface ClientState {
  /** What was answered to a set, or will be. */
  default Optional<CompletableFuture<Map<String, Object>>> answerTo(JobSet set) {
    return answered()
        .filter(answered -> answered.isOf(set))
        .map(answered -> CompletableFuture.completedFuture(answered.body()));
  }

  default Optional<Answered> answered() {
    return Optional.empty();
  }

  /** A reply that somebody waits for, which fails if the attempt ends. */
  default Optional<CompletableFuture<Map<String, Object>>> awaited() {
    return Optional.empty();
  }

  /** The list is held against the job, and evidence is collected. */
  record Proving() implements ClientState {}

  /**
   * The server has this site's evidence.
   *
   * @param membership whom this site expects
   * @param own what it sent
   * @param over sets that ended before they came
   */
  record Proved(Membership membership, JobSet.Participant own, Set<Bytes> over)
      implements ClientState {
    private static final int MAX_OVER = 16;

    /** Remembers the end of a set that has not come: it must not be accepted when it does. */
    void endsEarly(Bytes set) throws MalformedEvidenceException {
      Membership.check(
          "ends",
          over.contains(set) || over.size() < MAX_OVER,
          "at most " + MAX_OVER + " ends before their sets",
          "another");
      over.add(set);
    }
  }

  /** The participants of a set are appraised; the answer is to come. */
  record Judging(
      OfferedSet offered, Membership membership, CompletableFuture<Map<String, Object>> answer)
      implements ClientState {
    @Override
    public Optional<CompletableFuture<Map<String, Object>>> answerTo(JobSet set) {
      return offered.set().equals(set) ? Optional.of(answer) : Optional.empty();
    }

    @Override
    public Optional<CompletableFuture<Map<String, Object>>> awaited() {
      return Optional.of(answer);
    }
  }

  /** This site has said yes. */
  record Accepted(Answered answer, JobSet set, Membership membership, Map<String, PeerKeys> peers)
      implements ClientState {
    @Override
    public Optional<Answered> answered() {
      return Optional.of(answer);
    }

    /** The next state, when the server orders the start. */
    Running running(JobDispatch order, JobMembers members, long registrations) {
      return new Running(
          answer,
          Bytes.of(order.signatureInput(answer.context())),
          members,
          new CompletableFuture<>(),
          registrations);
    }

    /** The process that was appraised of each participant of an order, this site left out. */
    Map<String, Optional<String>> sessions(JobDispatch order, String self) {
      Map<String, Optional<String>> sessions = new TreeMap<>();
      for (String name : order.participants().keySet()) {
        if (!name.equals(self)) {
          sessions.put(
              name,
              Optional.ofNullable(set.participants().get(name))
                  .flatMap(JobSet.Participant::session)
                  .map(Bytes::hex));
        }
      }
      return sessions;
    }
  }

  /**
   * The job runs here.
   *
   * @param dispatch what the server signed of the order
   * @param start the reply to it; the host starts until it is there
   * @param registrations how often this site had registered then
   */
  record Running(
      Answered answer,
      Bytes dispatch,
      JobMembers members,
      CompletableFuture<Map<String, Object>> start,
      long registrations)
      implements ClientState {
    @Override
    public Optional<Answered> answered() {
      return Optional.of(answer);
    }

    @Override
    public Optional<CompletableFuture<Map<String, Object>>> awaited() {
      return Optional.of(start);
    }

    boolean isFor(JobDispatch order) {
      return Bytes.of(order.signatureInput(answer.context())).equals(dispatch);
    }

    boolean hasStarted() {
      return start.isDone() && !start.isCompletedExceptionally();
    }

    /**
     * Whether the server is another process since, or, if it has no evidence, this site has
     * registered again.
     *
     * @param present process that is admitted as the server now
     */
    boolean isSuperseded(Optional<String> present, long now) {
      Optional<String> judged = answer.server().session().map(key -> key.sha256().hex());
      return judged.isEmpty()
          ? registrations != now
          : present.isPresent() && !present.equals(judged);
    }
  }

  /** It is over; what was answered to its set is repeated. */
  record Ended(Optional<Answered> answered) implements ClientState {}

  /** A message does not belong to the present state. */
  static MalformedEvidenceException misplaced(String expected) {
    return MalformedEvidenceException.of(
        "exchange.job",
        ReasonCode.GROUP_REFUSED,
        expected,
        "none",
        "docs/protocol/jobs.md#states-at-a-client");
  }
}
