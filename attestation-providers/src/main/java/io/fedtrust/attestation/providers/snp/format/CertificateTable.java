// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.ByteReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The table of certificates that a host passes to its guests with a report (AMD publication 56421,
 * SNP extended guest request): entries of GUID, offset and length, then the blobs. Nothing in it is
 * verified.
 */
public final class CertificateTable {
  /** Versioned chip endorsement key. */
  public static final UUID VCEK = UUID.fromString("63da758d-e664-4564-adc5-f4b93be8accd");

  /** Versioned loaded endorsement key. */
  public static final UUID VLEK = UUID.fromString("a8074bc2-a25a-483e-aae6-39c045a0b8a1");

  /** AMD's signing key of either kind. */
  public static final UUID ASK = UUID.fromString("4ab7b379-bbac-4fe4-a02f-05aef327c782");

  /** AMD's root key. */
  public static final UUID ARK = UUID.fromString("c0b406a4-a803-4952-9743-3fb6014cd0ae");

  /** A revocation list; never used, because it comes from the attester. */
  public static final UUID CRL = UUID.fromString("92f81bc3-5811-4d3d-97ff-d19f88dc67ea");

  /** Largest table, in bytes. */
  public static final int MAX_BYTES = 256 * 1024;

  private static final Map<UUID, String> NAMES = names();
  private static final String CHECK = "snp.certificate-table";
  private static final String SOURCE = "AMD 56421, SNP extended guest request";
  private static final int ENTRY_BYTES = 24;
  private static final int OFFSET = 16;
  private static final int LENGTH = 20;
  private static final int MAX_ENTRIES = 32;

  private final Map<UUID, byte[]> blobs;

  private static Map<UUID, String> names() {
    Map<UUID, String> names = new LinkedHashMap<>();
    names.put(VCEK, "VCEK");
    names.put(VLEK, "VLEK");
    names.put(ASK, "ASK");
    names.put(ARK, "ARK");
    names.put(CRL, "CRL");
    return Collections.unmodifiableMap(names);
  }

  private CertificateTable(Map<UUID, byte[]> blobs) {
    this.blobs = blobs;
  }

  /**
   * Parses a table.
   *
   * @param table at most 256 KiB; none at all is an empty table
   * @return the table
   * @throws MalformedEvidenceException if an entry points outside the table or into its header, a
   *     GUID is there twice, or the end is missing
   */
  public static CertificateTable parse(byte[] table) throws MalformedEvidenceException {
    require(table.length <= MAX_BYTES, "at most " + MAX_BYTES + " bytes", table.length);
    if (table.length == 0) {
      return new CertificateTable(Map.of());
    }
    int entries = count(table);
    int header = (entries + 1) * ENTRY_BYTES;
    ByteReader reader = new ByteReader(table);
    Map<UUID, byte[]> blobs = new LinkedHashMap<>();
    for (int at = 0; at < entries * ENTRY_BYTES; at += ENTRY_BYTES) {
      long offset = reader.u32(at + OFFSET);
      long length = reader.u32(at + LENGTH);
      require(
          offset >= header && offset + length <= table.length,
          "blobs between the header and the end, " + header + " to " + table.length,
          offset + " to " + (offset + length));
      byte[] blob = reader.bytes((int) offset, (int) length);
      require(blobs.put(guid(table, at), blob) == null, "each GUID once", guid(table, at));
    }
    return new CertificateTable(Collections.unmodifiableMap(blobs));
  }

  private static int count(byte[] table) throws MalformedEvidenceException {
    ByteReader reader = new ByteReader(table);
    for (int entries = 0; entries <= MAX_ENTRIES; entries++) {
      int at = entries * ENTRY_BYTES;
      require(
          at + ENTRY_BYTES <= table.length, "an entry of zeros at the end of the header", "none");
      if (reader.isZero(at, ENTRY_BYTES)) {
        return entries;
      }
    }
    throw MalformedEvidenceException.of(
        CHECK,
        ReasonCode.EVIDENCE_MALFORMED,
        "at most " + MAX_ENTRIES + " entries",
        "more",
        SOURCE);
  }

  /** In the order in which it is written as text. */
  private static UUID guid(byte[] table, int at) {
    ByteBuffer bytes = ByteBuffer.wrap(table, at, OFFSET);
    return new UUID(bytes.getLong(), bytes.getLong());
  }

  private static void require(boolean good, Object expected, Object actual)
      throws MalformedEvidenceException {
    if (!good) {
      throw MalformedEvidenceException.of(
          CHECK, ReasonCode.EVIDENCE_MALFORMED, expected, actual, SOURCE);
    }
  }

  /**
   * Returns the blob under a GUID.
   *
   * @param guid one of the constants, or a host's own
   * @return a copy, or empty
   */
  public Optional<byte[]> find(UUID guid) {
    return Optional.ofNullable(blobs.get(guid)).map(byte[]::clone);
  }

  /** {@return the length of each blob by its GUID, in the order of the table} */
  public Map<UUID, Integer> lengths() {
    Map<UUID, Integer> lengths = new LinkedHashMap<>();
    blobs.forEach((guid, blob) -> lengths.put(guid, blob.length));
    return lengths;
  }

  @Override
  public String toString() {
    List<String> known = new ArrayList<>();
    NAMES.forEach(
        (guid, name) -> {
          if (blobs.containsKey(guid)) {
            known.add(name);
          }
        });
    return blobs.size() + " certificates of a host, among them " + known;
  }
}
