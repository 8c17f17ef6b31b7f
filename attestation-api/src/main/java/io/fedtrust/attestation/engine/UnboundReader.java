// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.protocol.CCInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the entries of a peer that speaks NVFlare's own exchange: it chose the nonce itself and
 * signed nothing (docs/protocol/exchange.md#nvflare-peers). Whose they are is said by the
 * connection alone.
 */
final class UnboundReader {
  private static final String SOURCE = "docs/protocol/exchange.md#nvflare-peers";

  /**
   * Reads entries.
   *
   * @param site whom the connection's certificate names
   * @throws MalformedEvidenceException if an entry is not of a known family
   */
  AnswerReader.Answer read(String site, List<CCToken> entries, Instant at)
      throws MalformedEvidenceException {
    if (entries.isEmpty() || entries.size() > CCInfo.MAX_ENTRIES) {
      throw refused(
          ReasonCode.ANSWER_MALFORMED, "1 to " + CCInfo.MAX_ENTRIES + " entries", entries.size());
    }
    List<AnswerReader.Bound> bound = new ArrayList<>();
    Set<String> namespaces = new HashSet<>();
    for (CCToken entry : entries) {
      if (!namespaces.add(entry.namespace())) {
        throw refused(
            ReasonCode.ANSWER_MALFORMED, "one entry a family", "two of " + entry.namespace());
      }
      bound.add(new AnswerReader.Bound(evidence(entry), Optional.empty()));
    }
    return new AnswerReader.Answer(
        site,
        Instant.MAX,
        at,
        Assurance.UNBOUND,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        bound,
        List.of(
            Check.passed("exchange.subject", "who is at the other end", site, SOURCE),
            Check.skipped("exchange.challenge", "NVFlare peer: the site chose the nonce", SOURCE),
            Check.skipped("exchange.signatures", "NVFlare peer: the site signs nothing", SOURCE)),
        Optional.empty());
  }

  private static Evidence evidence(CCToken entry) throws MalformedEvidenceException {
    Namespace namespace =
        Namespace.of(entry.namespace())
            .orElseThrow(
                () -> refused(ReasonCode.ANSWER_MALFORMED, "a known family", entry.namespace()));
    return Optional.of(entry)
        .filter(some -> !some.token().isEmpty())
        .flatMap(some -> EvidenceForm.ofPeer(namespace).flatMap(some::evidence))
        .orElseThrow(
            () ->
                refused(
                    ReasonCode.ANSWER_MALFORMED,
                    "a token in a form of " + namespace,
                    entry.form().orElse("none")));
  }

  private static MalformedEvidenceException refused(ReasonCode code, Object expected, Object was) {
    return MalformedEvidenceException.of("exchange.answer", code, expected, was, SOURCE);
  }
}
