// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.ByteReader;
import java.nio.charset.StandardCharsets;

/**
 * The ACPI table that says where firmware put the event log (ACPI specification 6.5, section
 * 5.2.34, CCEL).
 *
 * @param type of the confidential computing technology: 2 for TDX
 * @param subtype within it
 * @param minimumLength of the log's area, in bytes
 * @param address of the log's area, physical
 */
public record CcelTable(int type, int subtype, long minimumLength, long address) {
  /** Type of TDX. */
  public static final int TDX = 2;

  private static final String SIGNATURE = "CCEL";
  private static final int BYTES = 56;

  /**
   * Parses a table.
   *
   * @param table as the kernel shows it
   * @return what it says
   * @throws MalformedEvidenceException if it is another table, or its length is another
   */
  public static CcelTable parse(byte[] table) throws MalformedEvidenceException {
    ByteReader fields = new ByteReader(table);
    if (table.length < BYTES
        || !new String(fields.bytes(0, SIGNATURE.length()), StandardCharsets.ISO_8859_1)
            .equals(SIGNATURE)
        || fields.u32(4) != table.length) {
      throw MalformedEvidenceException.of(
          "tdx.ccel",
          ReasonCode.EVIDENCE_MALFORMED,
          "the ACPI table CCEL, " + BYTES + " bytes",
          table.length + " bytes",
          "ACPI 6.5, section 5.2.34");
    }
    return new CcelTable(fields.u8(36), fields.u8(37), fields.u64(40), fields.u64(48));
  }
}
