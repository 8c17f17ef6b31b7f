// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The TCB status of a quoting enclave or a TDX module of a security version (Intel PCS API version
 * 4, tcbLevels of an enclave identity).
 *
 * @param isvSvn least security version that this is said of
 * @param tcbDate what was known until then is mitigated
 * @param status what is said
 * @param advisoryIds what is not mitigated, as Intel numbers it
 */
public record EnclaveTcbLevel(
    int isvSvn, Instant tcbDate, TcbStatus status, List<String> advisoryIds) {
  static final int MAX_LEVELS = 256;
  private static final int MAX_SVN = 0xFFFF;

  /**
   * Copies the list.
   *
   * @param isvSvn least security version that this is said of
   * @param tcbDate what was known until then is mitigated
   * @param status what is said
   * @param advisoryIds what is not mitigated, as Intel numbers it
   */
  public EnclaveTcbLevel {
    advisoryIds = List.copyOf(advisoryIds);
  }

  /** Reads levels, the highest first. */
  static List<EnclaveTcbLevel> readAll(JsonObject holder) throws MalformedEvidenceException {
    List<EnclaveTcbLevel> levels = new ArrayList<>();
    for (JsonObject level : holder.objects("tcbLevels", MAX_LEVELS)) {
      levels.add(
          new EnclaveTcbLevel(
              level.object("tcb").whole("isvsvn", MAX_SVN),
              level.instant("tcbDate"),
              status(level),
              level.texts("advisoryIDs", MAX_LEVELS)));
    }
    levels.sort(Comparator.comparingInt(EnclaveTcbLevel::isvSvn).reversed());
    return List.copyOf(levels);
  }

  static TcbStatus status(JsonObject level) throws MalformedEvidenceException {
    String text = level.text("tcbStatus");
    return TcbStatus.published(text).orElseThrow(() -> level.kind().refused("a TCB status", text));
  }

  /**
   * Finds the level of a security version.
   *
   * @param levels the highest first
   * @param svn of the enclave or module
   * @return the highest that is not above it, or empty if all are
   */
  public static Optional<EnclaveTcbLevel> of(List<EnclaveTcbLevel> levels, int svn) {
    return levels.stream().filter(level -> svn >= level.isvSvn()).findFirst();
  }

  @Override
  public String toString() {
    return "SVN "
        + isvSvn
        + " of "
        + tcbDate
        + ": "
        + status
        + ", "
        + advisoryIds.size()
        + " advisories";
  }
}
