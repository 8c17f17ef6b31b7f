// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import io.fedtrust.attestation.encoding.Hashes;
import io.fedtrust.attestation.encoding.SignatureFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an entry carries beside its token so that a relying party knows whose it is, which process
 * made it and which challenge it answers (docs/protocol/exchange.md#entries). Nothing of it has
 * been verified.
 *
 * @param certificates DER of the site's certificates, 1 to 4, leaf first, root excluded
 * @param signature of the site's key, {@code _cc_sig}
 * @param session the attested process; absent binds the site's key only
 * @param challengeId which challenge is answered, 32 hex digits
 * @param path where that challenge stands in a batch
 */
public record EntryProof(
    List<Bytes> certificates,
    Bytes signature,
    Optional<Session> session,
    String challengeId,
    Optional<BatchPath> path) {
  /** Most certificates that an entry carries. */
  public static final int MAX_CERTIFICATES = SignatureFields.MAX_CERTIFICATES;

  private static final String SESSION = "_cc_session";
  private static final String PATH = "_cc_path";
  private static final String CHALLENGE_ID = "_cc_challenge_id";
  private static final int MAX_SESSION_KEY_BYTES = 256;
  private static final int ID_CHARACTERS = 32;
  private static final List<String> KEYS =
      List.of(
          SignatureFields.CERTIFICATES,
          SignatureFields.SIGNATURE,
          SESSION,
          SignatureFields.SESSION_SIGNATURE,
          PATH,
          CHALLENGE_ID);

  /**
   * Copies the list.
   *
   * @param certificates DER of the site's certificates, 1 to 4, leaf first, root excluded
   * @param signature of the site's key, {@code _cc_sig}
   * @param session the attested process; absent binds the site's key only
   * @param challengeId which challenge is answered, 32 hex digits
   * @param path where that challenge stands in a batch
   */
  public EntryProof {
    certificates = List.copyOf(certificates);
  }

  /**
   * The key of the attested process.
   *
   * @param publicKey DER SubjectPublicKeyInfo, {@code _cc_session}
   * @param signature by that key, {@code _cc_session_sig}
   */
  public record Session(Bytes publicKey, Bytes signature) {
    /**
     * {@return the name of the attested process ({@code cnf}, RFC 7800): SHA-256 of the key, 64
     * lower-case hex digits}
     */
    public String confirmation() {
      return Bytes.of(Hashes.sha256(publicKey.bytes())).hex();
    }
  }

  /**
   * The way from one challenge to the root of its batch, {@code _cc_path}.
   *
   * @param index of the challenge
   * @param size number of challenges
   * @param path hashes of 32 bytes, leaf to root
   */
  public record BatchPath(int index, int size, List<Bytes> path) {
    /** The most challenges of a batch. */
    public static final int MAX_SIZE = 1024;

    private static final int MAX_LEVELS = 10;

    /**
     * Copies the list.
     *
     * @param index of the challenge
     * @param size number of challenges
     * @param path hashes of 32 bytes, leaf to root
     */
    public BatchPath {
      path = List.copyOf(path);
    }

    Map<String, Object> toMap() {
      return Map.of("index", index, "size", size, "path", EntryFields.base64(path));
    }

    static BatchPath fromMap(EntryFields wire) throws MalformedEvidenceException {
      return new BatchPath(
          (int) wire.number("index", MAX_SIZE),
          (int) wire.number("size", MAX_SIZE),
          wire.listOfBytes("path", MAX_LEVELS, Challenge.BYTES));
    }
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(SignatureFields.CERTIFICATES, EntryFields.base64(certificates));
    map.put(SignatureFields.SIGNATURE, EntryFields.base64(signature.bytes()));
    session.ifPresent(
        process -> {
          map.put(SESSION, EntryFields.base64(process.publicKey().bytes()));
          map.put(
              SignatureFields.SESSION_SIGNATURE, EntryFields.base64(process.signature().bytes()));
        });
    map.put(CHALLENGE_ID, challengeId);
    path.ifPresent(way -> map.put(PATH, way.toMap()));
    return map;
  }

  /** Absent where none of its keys is there; some without the others are refused. */
  static Optional<EntryProof> fromMap(Map<?, ?> map, String source)
      throws MalformedEvidenceException {
    EntryFields wire = new EntryFields(map, source);
    List<String> present = new ArrayList<>(KEYS);
    present.removeIf(key -> !wire.has(key));
    if (present.isEmpty()) {
      return Optional.empty();
    }
    List<Bytes> certificates = wire.certificates();
    String id = wire.text(CHALLENGE_ID, ID_CHARACTERS);
    if (!id.matches("[0-9a-f]{" + ID_CHARACTERS + "}")) {
      throw wire.malformed(CHALLENGE_ID, ID_CHARACTERS + " lower-case hex digits", "other text");
    }
    if (wire.has(SESSION) != wire.has(SignatureFields.SESSION_SIGNATURE)) {
      throw wire.malformed(
          SESSION, SESSION + " and " + SignatureFields.SESSION_SIGNATURE, "one of them");
    }
    Optional<Session> session =
        wire.has(SESSION)
            ? Optional.of(
                new Session(
                    wire.bytes(SESSION, MAX_SESSION_KEY_BYTES),
                    wire.bytes(
                        SignatureFields.SESSION_SIGNATURE, SignatureFields.MAX_SIGNATURE_BYTES)))
            : Optional.empty();
    Optional<BatchPath> path =
        wire.has(PATH)
            ? Optional.of(BatchPath.fromMap(new EntryFields(wire.map(PATH, 3), source)))
            : Optional.empty();
    return Optional.of(
        new EntryProof(
            certificates,
            wire.bytes(SignatureFields.SIGNATURE, SignatureFields.MAX_SIGNATURE_BYTES),
            session,
            id,
            path));
  }
}
