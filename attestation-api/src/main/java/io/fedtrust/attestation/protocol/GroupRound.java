// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.encoding.Utf8Order;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The one list of a scheduling attempt: who takes part, each with a nonce of its own
 * (docs/protocol/jobs.md#list). Whoever finds its own nonce in the list knows that the challenge is
 * fresh.
 *
 * @param job the job's id
 * @param jobDigest SHA-256 of the submitted {@code meta.json}, if its signature was checked
 * @param expiry end of the round; whole seconds count
 * @param nonces 32 bytes each, by the member's name, ascending by its UTF-8 bytes
 */
public record GroupRound(
    String job, Optional<Bytes> jobDigest, Instant expiry, SortedMap<String, Bytes> nonces) {
  /** Most members of a round. */
  public static final int MAX_MEMBERS = 10_000;

  private static final String JOB = "job";
  private static final String JOB_DIGEST = "job_digest";
  private static final String EXPIRY = "expiry";
  private static final String NONCES = "nonces";

  /**
   * Copies the map, in the order that counts.
   *
   * @param job the job's id
   * @param jobDigest SHA-256 of the submitted {@code meta.json}, if its signature was checked
   * @param expiry end of the round; whole seconds count
   * @param nonces 32 bytes each, by the member's name, ascending by its UTF-8 bytes
   */
  public GroupRound {
    SortedMap<String, Bytes> ascending = new TreeMap<>(Utf8Order.INSTANCE);
    ascending.putAll(nonces);
    nonces = Collections.unmodifiableSortedMap(ascending);
  }

  /**
   * Computes the challenge that every member answers.
   *
   * @param project the project's name
   * @return the group challenge
   * @throws IllegalArgumentException if nobody is in the list or a nonce is not 32 bytes
   */
  public Challenge challenge(String project) {
    return Challenge.ofGroup(
        project,
        job,
        jobDigest.map(Bytes::bytes),
        expiry,
        nonces.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().bytes())));
  }

  /**
   * {@return the list as plain values: names of the wire and their values; {@code nonces} is a list
   * of pairs}
   */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(JOB, job);
    jobDigest.ifPresent(digest -> map.put(JOB_DIGEST, WireText.base64(digest.bytes())));
    map.put(EXPIRY, expiry.getEpochSecond());
    List<List<String>> pairs = new ArrayList<>();
    nonces.forEach((name, nonce) -> pairs.add(List.of(name, WireText.base64(nonce.bytes()))));
    map.put(NONCES, pairs);
    return map;
  }

  /**
   * Reads a list.
   *
   * @param map names of the wire and their values; others are left aside
   * @return the list
   * @throws MalformedEvidenceException unless names ascend without repetition and every nonce has
   *     32 bytes
   */
  public static GroupRound fromMap(Map<?, ?> map) throws MalformedEvidenceException {
    WireText wire = new WireText(map, ReasonCode.REQUEST_MALFORMED, "docs/protocol/jobs.md#list");
    SortedMap<String, Bytes> nonces = new TreeMap<>(Utf8Order.INSTANCE);
    for (List<?> pair : wire.listOfLists(NONCES, MAX_MEMBERS, 2, 2)) {
      String name = wire.textAt("name", pair, 0, WireText.MAX_NAME_CHARACTERS);
      if (!nonces.isEmpty() && Utf8Order.INSTANCE.compare(nonces.lastKey(), name) >= 0) {
        throw wire.malformed(NONCES, "names that ascend without repetition", name);
      }
      nonces.put(name, wire.digestAt("nonce", pair, 1));
    }
    if (nonces.isEmpty()) {
      throw wire.malformed(NONCES, "at least one member", "none");
    }
    return new GroupRound(
        wire.text(JOB, WireText.MAX_NAME_CHARACTERS),
        wire.has(JOB_DIGEST) ? Optional.of(wire.digest(JOB_DIGEST)) : Optional.empty(),
        wire.instant(EXPIRY),
        nonces);
  }
}
