// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.encoding.LengthPrefixed;
import io.fedtrust.attestation.encoding.SignatureFields;
import io.fedtrust.attestation.encoding.Utf8Order;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The order to start a job, with the acceptance of everybody in it, {@code _cc_dispatch}
 * (docs/protocol/jobs.md#dispatch). Nothing of it has been verified.
 *
 * @param set digest of the set that was accepted
 * @param startBy by when it must have started; whole seconds
 * @param participants by name, ascending by its UTF-8 bytes, each with what it signed to accept;
 *     nothing for the server and for peers that speak NVFlare's own exchange
 * @param signatures of the server's keys over {@link #signatureInput}
 */
public record JobDispatch(
    Bytes set,
    Instant startBy,
    SortedMap<String, Optional<KeySignatures>> participants,
    KeySignatures signatures) {
  private static final String SOURCE = "docs/protocol/jobs.md#dispatch";
  private static final String START_BY = "start_by";
  private static final int BOTH = 3;

  /**
   * Copies the map, in the order that counts, and cuts the instant to whole seconds.
   *
   * @param set digest of the set that was accepted
   * @param startBy by when it must have started; whole seconds
   * @param participants by name, each with what it signed to accept
   * @param signatures of the server's keys over {@link #signatureInput}
   */
  public JobDispatch {
    startBy = startBy.truncatedTo(ChronoUnit.SECONDS);
    participants = JobSet.ascending(participants);
  }

  /**
   * Returns what both keys of the server sign: everything but the acceptances, which are signed
   * themselves.
   *
   * @param context with the server's own root
   * @param set digest of the set that was accepted
   * @param startBy by when it must have started
   * @param participants names, in any order
   * @return the bytes to sign
   */
  public static byte[] signatureInput(
      JobContext context, Bytes set, Instant startBy, Collection<String> participants) {
    LengthPrefixed bytes =
        context
            .ofServer("FLCC-DISPATCH-1")
            .add(set.bytes())
            .addLong(startBy.getEpochSecond())
            .addInt(participants.size());
    participants.stream().sorted(Utf8Order.INSTANCE).forEach(bytes::add);
    return bytes.bytes();
  }

  /**
   * Returns what was signed of this order.
   *
   * @param context with the server's own root
   * @return the signed bytes
   */
  public byte[] signatureInput(JobContext context) {
    return signatureInput(context, set, startBy, participants.keySet());
  }

  /** {@return the order as plain values: names of the wire and their values} */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(JobSet.SET, WireText.base64(set.bytes()));
    map.put(START_BY, startBy.getEpochSecond());
    List<List<String>> rows = new ArrayList<>();
    participants.forEach(
        (name, accepted) -> {
          List<String> row = new ArrayList<>(List.of(name));
          accepted.ifPresent(
              signed -> {
                row.add(WireText.base64(signed.site().bytes()));
                signed.session().ifPresent(own -> row.add(WireText.base64(own.bytes())));
              });
          rows.add(row);
        });
    map.put(JobSet.PARTICIPANTS, rows);
    map.putAll(signatures.toMap());
    return map;
  }

  /**
   * Reads an order.
   *
   * @param map names of the wire and their values; others are left aside
   * @return the order, unverified
   * @throws MalformedEvidenceException if it has not that shape, or names do not ascend
   */
  public static JobDispatch fromMap(Map<?, ?> map) throws MalformedEvidenceException {
    WireText wire = new WireText(map, ReasonCode.REQUEST_MALFORMED, SOURCE);
    SortedMap<String, Optional<KeySignatures>> participants = new TreeMap<>(Utf8Order.INSTANCE);
    for (List<?> row : wire.listOfLists(JobSet.PARTICIPANTS, GroupRound.MAX_MEMBERS, 1, BOTH)) {
      participants.put(
          wire.nextName(JobSet.PARTICIPANTS, participants, row), acceptance(wire, row));
    }
    return new JobDispatch(
        wire.digest(JobSet.SET), wire.instant(START_BY), participants, KeySignatures.fromMap(wire));
  }

  private static Optional<KeySignatures> acceptance(WireText wire, List<?> row)
      throws MalformedEvidenceException {
    if (row.size() == 1) {
      return Optional.empty();
    }
    return Optional.of(
        new KeySignatures(
            wire.bytesAt(JobSet.PARTICIPANTS, row, 1, SignatureFields.MAX_SIGNATURE_BYTES),
            row.size() == BOTH
                ? Optional.of(
                    wire.bytesAt(JobSet.PARTICIPANTS, row, 2, SignatureFields.MAX_SIGNATURE_BYTES))
                : Optional.empty()));
  }
}
