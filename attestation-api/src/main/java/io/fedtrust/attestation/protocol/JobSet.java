// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.encoding.Hashes;
import io.fedtrust.attestation.encoding.LengthPrefixed;
import io.fedtrust.attestation.encoding.Utf8Order;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who takes part in one attempt to schedule a job, and what of the list is left out: the same for
 * all clients (docs/protocol/jobs.md#set).
 *
 * @param job the job's id
 * @param jobDigest SHA-256 of the job's definition, if the list had it
 * @param challenge the group challenge of the list
 * @param expires when it ends; whole seconds
 * @param participants by name, ascending by its UTF-8 bytes
 * @param left why a site of the list is not among them, in the same order
 */
public record JobSet(
    String job,
    Optional<Bytes> jobDigest,
    Challenge challenge,
    Instant expires,
    SortedMap<String, Participant> participants,
    SortedMap<String, Left> left) {
  static final String JOB = "job";
  static final String SET = "set";
  static final String PARTICIPANTS = "participants";

  private static final String JOB_DIGEST = "job_digest";
  private static final String CHALLENGE = "challenge";
  private static final String EXPIRES = "expires";
  private static final String LEFT = "left";
  private static final int WITHOUT_SESSION = 3;

  /**
   * Copies the maps, in the order that counts, and cuts the instant to whole seconds.
   *
   * @param job the job's id
   * @param jobDigest SHA-256 of the job's definition, if the list had it
   * @param challenge the group challenge of the list
   * @param expires when it ends; whole seconds
   * @param participants by name, ascending by its UTF-8 bytes
   * @param left why a site of the list is not among them, in the same order
   */
  public JobSet {
    expires = expires.truncatedTo(ChronoUnit.SECONDS);
    participants = ascending(participants);
    left = ascending(left);
  }

  static <V> SortedMap<String, V> ascending(Map<String, V> values) {
    SortedMap<String, V> ascending = new TreeMap<>(Utf8Order.INSTANCE);
    ascending.putAll(values);
    return Collections.unmodifiableSortedMap(ascending);
  }

  /** How a participant shows itself. */
  public enum Kind {
    /** By evidence. */
    ATTESTED,
    /** By its certificate and its signature alone. */
    UNATTESTED,
    /** In NVFlare's own exchange. */
    COMPAT;

    /** {@return the name on the wire, for example {@code attested}} */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Why a site of the list does not take part; nothing else is told to others. */
  public enum Left {
    /** It gave no answer that counts. */
    SILENT,
    /** It signed that it cannot now. */
    BUSY,
    /** It signed that it does not take part. */
    DECLINED,
    /** The server's policy rejects it. */
    REJECTED,
    /** The server could not appraise it. */
    INCONCLUSIVE
  }

  /**
   * A participant.
   *
   * @param kind how it shows itself
   * @param entries {@link CCToken#entriesDigest} of what it sent
   * @param session SHA-256 of its session key; absent unless its entries name one
   */
  public record Participant(Kind kind, Bytes entries, Optional<Bytes> session) {}

  /**
   * Returns what both keys of the server sign.
   *
   * @param context with the server's own root
   * @return the bytes to sign; their SHA-256 names the set in every later message
   */
  public byte[] signatureInput(JobContext context) {
    LengthPrefixed bytes =
        context
            .ofServer("FLCC-SET-1")
            .add(jobDigest.map(Bytes::bytes))
            .add(challenge.value())
            .addLong(expires.getEpochSecond())
            .addInt(participants.size());
    participants.forEach(
        (name, one) ->
            bytes
                .add(name)
                .add(one.kind().text())
                .add(one.entries().bytes())
                .add(one.session().map(Bytes::bytes)));
    bytes.addInt(left.size());
    left.forEach((name, reason) -> bytes.add(name).add(reason.name()));
    return bytes.bytes();
  }

  /**
   * Computes the name of this set in later messages.
   *
   * @param context with the server's own root
   * @return SHA-256 of {@link #signatureInput}, 32 bytes
   */
  public Bytes digest(JobContext context) {
    return Bytes.of(Hashes.sha256(signatureInput(context)));
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(JOB, job);
    jobDigest.ifPresent(digest -> map.put(JOB_DIGEST, WireText.base64(digest.bytes())));
    map.put(CHALLENGE, WireText.base64(challenge.value()));
    map.put(EXPIRES, expires.getEpochSecond());
    List<List<String>> shown = new ArrayList<>();
    participants.forEach(
        (name, one) -> {
          List<String> row = new ArrayList<>();
          row.add(name);
          row.add(one.kind().text());
          row.add(WireText.base64(one.entries().bytes()));
          one.session().ifPresent(session -> row.add(WireText.base64(session.bytes())));
          shown.add(row);
        });
    map.put(PARTICIPANTS, shown);
    List<List<String>> reasons = new ArrayList<>();
    left.forEach((name, reason) -> reasons.add(List.of(name, reason.name())));
    map.put(LEFT, reasons);
    return map;
  }

  static JobSet fromMap(WireText wire) throws MalformedEvidenceException {
    SortedMap<String, Participant> participants = new TreeMap<>(Utf8Order.INSTANCE);
    for (List<?> row :
        wire.listOfLists(
            PARTICIPANTS, GroupRound.MAX_MEMBERS, WITHOUT_SESSION, WITHOUT_SESSION + 1)) {
      participants.put(
          wire.nextName(PARTICIPANTS, participants, row),
          new Participant(
              wire.oneOf(
                  PARTICIPANTS,
                  wire.textAt(PARTICIPANTS, row, 1, WireText.MAX_CODE_CHARACTERS),
                  Kind.values(),
                  Kind::text),
              wire.digestAt(PARTICIPANTS, row, 2),
              row.size() > WITHOUT_SESSION
                  ? Optional.of(wire.digestAt(PARTICIPANTS, row, WITHOUT_SESSION))
                  : Optional.empty()));
    }
    SortedMap<String, Left> left = new TreeMap<>(Utf8Order.INSTANCE);
    for (List<?> row : wire.listOfLists(LEFT, GroupRound.MAX_MEMBERS, 2, 2)) {
      left.put(
          wire.nextName(LEFT, left, row),
          wire.oneOf(
              LEFT,
              wire.textAt(LEFT, row, 1, WireText.MAX_CODE_CHARACTERS),
              Left.values(),
              Left::name));
    }
    return new JobSet(
        wire.name(JOB),
        wire.has(JOB_DIGEST) ? Optional.of(wire.digest(JOB_DIGEST)) : Optional.empty(),
        Challenge.of(wire.digest(CHALLENGE).bytes()),
        wire.instant(EXPIRES),
        participants,
        left);
  }
}
