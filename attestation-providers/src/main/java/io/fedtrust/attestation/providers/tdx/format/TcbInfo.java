// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Intel's TCB levels of one kind of platform (Intel PCS API version 4, Get TDX TCB Info, version
 * 3).
 *
 * @param issueDate when Intel said so
 * @param nextUpdate until when it holds
 * @param fmspc kind of platform, lower-case hex
 * @param pceId lower-case hex
 * @param evaluationDataNumber grows with every recovery of Intel's
 * @param module what is said of modules without an identity
 * @param modules those with one
 * @param levels the highest first
 */
public record TcbInfo(
    Instant issueDate,
    Instant nextUpdate,
    String fmspc,
    String pceId,
    int evaluationDataNumber,
    TdxModule module,
    List<TdxModule> modules,
    List<TcbLevel> levels) {
  /** Longest answer of the service. */
  public static final int MAX_BYTES = 256 << 10;

  /** The kind of refusals of such a document. */
  static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "tdx.tcb-info", ReasonCode.COLLATERAL_UNAVAILABLE, "Intel PCS API version 4, TCB Info");

  private static final int FMSPC_BYTES = 6;
  private static final int PCE_ID_BYTES = 2;
  private static final int VERSION = 3;

  /**
   * Copies the lists.
   *
   * @param issueDate when Intel said so
   * @param nextUpdate until when it holds
   * @param fmspc kind of platform, lower-case hex
   * @param pceId lower-case hex
   * @param evaluationDataNumber grows with every recovery of Intel's
   * @param module what is said of modules without an identity
   * @param modules those with one
   * @param levels the highest first
   */
  public TcbInfo {
    modules = List.copyOf(modules);
    levels = List.copyOf(levels);
  }

  /**
   * Reads the object whose bytes were verified.
   *
   * @param json those bytes
   * @return what it says
   * @throws MalformedEvidenceException if it is not for TDX, of another version or shape
   */
  public static TcbInfo parse(byte[] json) throws MalformedEvidenceException {
    JsonObject info = JsonObject.read(KIND, json, MAX_BYTES);
    if (!info.text("id").equals("TDX") || info.whole("version", Integer.MAX_VALUE) != VERSION) {
      throw KIND.refused("TDX TCB Info of version 3", info.text("id") + ", another version");
    }
    if (info.whole("tcbType", Integer.MAX_VALUE) != 0) {
      throw KIND.refused("tcbType 0", "another");
    }
    List<TdxModule> modules = new ArrayList<>();
    if (info.has("tdxModuleIdentities")) {
      for (JsonObject identity : info.objects("tdxModuleIdentities", EnclaveTcbLevel.MAX_LEVELS)) {
        String id = identity.text("id").toUpperCase(Locale.ROOT);
        if (modules.stream().anyMatch(known -> known.id().equals(id))) {
          throw KIND.refused("every module identity once", id);
        }
        modules.add(TdxModule.read(id, identity, EnclaveTcbLevel.readAll(identity)));
      }
    }
    List<TcbLevel> levels = new ArrayList<>();
    for (JsonObject level : info.objects("tcbLevels", EnclaveTcbLevel.MAX_LEVELS)) {
      levels.add(TcbLevel.read(level));
    }
    levels.sort(TcbLevel.DESCENDING);
    return new TcbInfo(
        info.instant("issueDate"),
        info.instant("nextUpdate"),
        info.hexText("fmspc", FMSPC_BYTES),
        info.hexText("pceId", PCE_ID_BYTES),
        info.whole("tcbEvaluationDataNumber", Integer.MAX_VALUE),
        TdxModule.read("TDX", info.object("tdxModule"), List.of()),
        modules,
        levels);
  }

  /**
   * Finds what is said of a module version.
   *
   * @param version component 1 of TEE_TCB_SVN
   * @return of version 0 {@link #module}, of others their identity, or empty if Intel names none
   */
  public Optional<TdxModule> module(int version) {
    return version == 0
        ? Optional.of(module)
        : modules.stream().filter(known -> known.id().equals(TdxModule.idOf(version))).findFirst();
  }

  @Override
  public String toString() {
    return "TCB info "
        + evaluationDataNumber
        + " for FMSPC "
        + fmspc
        + " of "
        + issueDate
        + " until "
        + nextUpdate
        + ", "
        + levels.size()
        + " levels, "
        + modules.size()
        + " modules";
  }
}
