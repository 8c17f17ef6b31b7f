// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.EntryProof;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.protocol.BatchTree;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.Presence;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Collects evidence of this process and signs the entries (docs/protocol/bindings.md). Does not
 * care whether the hardware is busy: {@link ReportQueue} does.
 */
final class EvidenceReporter {
  private final Identities identities;
  private final SessionKey session;
  private final List<EvidenceCollector> sources;
  private final Executor hardware;
  private final Executor work;

  /**
   * Collects nothing yet.
   *
   * @param identities the one with which a report begins signs it
   * @param session key of this process
   * @param collectors one for each family
   * @param hardware begins collecting
   * @param work signs
   */
  EvidenceReporter(
      Identities identities,
      SessionKey session,
      Collection<EvidenceCollector> collectors,
      Executor hardware,
      Executor work) {
    this.identities = identities;
    this.session = session;
    // Devices first: the CPU's evidence names them.
    this.sources =
        collectors.stream()
            .sorted(
                Comparator.comparing((EvidenceCollector source) -> source.form().namespace().cpu())
                    .thenComparing(source -> source.form().text()))
            .toList();
    this.hardware = hardware;
    this.work = work;
  }

  /** True for a site that collects no evidence. */
  boolean isUnattested() {
    return sources.isEmpty();
  }

  /** Signs that this site's key is present now. */
  Presence here(String verifier, Optional<String> job, Challenge challenge) {
    SiteIdentity identity = identities.current();
    return new Presence(
        identity.chain(),
        Bytes.of(
            SiteSignatures.sign(
                identity.privateKey(),
                Presence.signatureInput(
                    identity.certificate().root(),
                    identity.project(),
                    identity.name(),
                    verifier,
                    job,
                    challenge))));
  }

  /**
   * Answers one request, or several in batch mode, with one report.
   *
   * @param requests one, or up to {@link BatchTree#MAX_LEAVES} in batch mode
   * @param deadline when collecting is given up
   * @return an answer for each, in their order
   */
  CompletableFuture<List<List<CCToken>>> answers(
      List<EvidenceRequest> requests, Deadline deadline) {
    EvidenceRequest first = requests.get(0);
    if (first.mode() != EvidenceRequest.Mode.BATCH) {
      return new Report(first, deadline, hardware, work).entries(List::of);
    }
    BatchTree tree =
        BatchTree.of(
            requests.stream()
                .map(request -> new BatchTree.Leaf(request.verifier(), request.challenge()))
                .toList());
    EvidenceRequest shared =
        new EvidenceRequest(
            EvidenceRequest.Mode.BATCH,
            first.purpose(),
            first.verifier(),
            first.subject(),
            Optional.empty(),
            tree.root(),
            first.life(),
            first.issued());
    return new Report(shared, deadline, hardware, work)
        .entries(
            entries ->
                IntStream.range(0, requests.size())
                    .mapToObj(index -> placed(entries, requests, tree, index))
                    .toList());
  }

  /** The same for one request, begun and signed by the caller: before this site has started. */
  CompletableFuture<List<CCToken>> answerHere(EvidenceRequest request, Deadline deadline) {
    return new Report(request, deadline, Runnable::run, Runnable::run).entries(Function.identity());
  }

  /** One turn of the hardware, family after family. */
  private final class Report {
    private final SiteIdentity identity = identities.current();
    private final AtomicReference<CompletableFuture<Evidence>> underWay =
        new AtomicReference<>(CompletableFuture.completedFuture(null));
    private final EvidenceRequest request;
    private final Deadline deadline;
    private final Executor beginning;
    private final Executor signing;

    Report(EvidenceRequest request, Deadline deadline, Executor beginning, Executor signing) {
      this.request = request;
      this.deadline = deadline;
      this.beginning = beginning;
      this.signing = signing;
    }

    /** If this is completed from outside, the collector is told to stop. */
    <T> CompletableFuture<T> entries(Function<List<CCToken>, T> form) {
      CompletableFuture<List<CCToken>> entries = CompletableFuture.completedFuture(List.of());
      for (EvidenceCollector source : sources) {
        entries = entries.thenCompose(devices -> with(source, devices));
      }
      CompletableFuture<T> result = entries.thenApply(form);
      CompletableFuture<T> unused =
          result.whenComplete(
              (value, failure) -> {
                if (failure != null) {
                  underWay.get().cancel(true);
                }
              });
      return result;
    }

    private CompletableFuture<List<CCToken>> with(EvidenceCollector source, List<CCToken> devices) {
      Binding binding = binding(identity, source, request, devices);
      return begun(source, binding)
          .thenApplyAsync(
              evidence -> {
                List<CCToken> entries = new ArrayList<>(devices);
                entries.add(
                    CCToken.of(evidence)
                        .with(proof(identity, binding, evidence, request.challenge())));
                return entries;
              },
              signing);
    }

    /** Code of the host, which may throw, return nothing, or give a stage that never completes. */
    private CompletableFuture<Evidence> begun(EvidenceCollector source, Binding binding) {
      if (deadline.passed()) {
        throw AttestationException.of(
            ErrorCode.COLLECTION_TIMED_OUT,
            source.form().text(),
            "no time was left before the collection started");
      }
      CompletableFuture<Evidence> evidence = new CompletableFuture<>();
      beginning.execute(
          () -> {
            try {
              hand(source.start(binding, deadline).toCompletableFuture(), evidence);
            } catch (Throwable e) {
              evidence.completeExceptionally(e);
            }
          });
      return evidence;
    }

    private void hand(CompletableFuture<Evidence> begun, CompletableFuture<Evidence> evidence) {
      underWay.set(begun);
      CompletableFuture<Evidence> unused =
          begun.whenComplete(
              (value, failure) -> {
                if (failure == null) {
                  evidence.complete(value);
                } else {
                  evidence.completeExceptionally(Failures.cause(failure));
                }
              });
    }
  }

  private Binding binding(
      SiteIdentity identity,
      EvidenceCollector source,
      EvidenceRequest request,
      List<CCToken> devices) {
    Binding.Builder builder =
        Bindings.of(
                identity.project(),
                identity.certificate(),
                source.form(),
                request.challenge(),
                Bindings.audience(request.mode(), request.verifier()),
                request.job())
            .sessionKey(session.publicKey().bytes());
    if (source.form().namespace().cpu()) {
      CCToken.deviceDigest(devices).ifPresent(builder::devices);
    }
    return builder.build();
  }

  private EntryProof proof(
      SiteIdentity identity, Binding binding, Evidence evidence, Challenge challenge) {
    return new EntryProof(
        identity.chain(),
        Bytes.of(
            SiteSignatures.sign(
                identity.privateKey(),
                binding.entrySignatureInput(evidence.token(), evidence.endorsements()))),
        Optional.of(
            new EntryProof.Session(
                session.publicKey(),
                Bytes.of(session.sign(binding.sessionSignatureInput(evidence.token()))))),
        challenge.id(),
        Optional.empty());
  }

  /** Signatures cover the root; which leaf it is for stands beside them. */
  private static List<CCToken> placed(
      List<CCToken> entries, List<EvidenceRequest> requests, BatchTree tree, int index) {
    EntryProof.BatchPath path =
        new EntryProof.BatchPath(
            index, requests.size(), tree.path(index).stream().map(Bytes::of).toList());
    return entries.stream()
        .map(
            entry -> {
              EntryProof proof = entry.proof().orElseThrow();
              return entry.with(
                  new EntryProof(
                      proof.certificates(),
                      proof.signature(),
                      proof.session(),
                      requests.get(index).challenge().id(),
                      Optional.of(path)));
            })
        .toList();
  }
}
