// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.providers.tdx.format.TcbStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Intel's documents about simulated platforms, as its provisioning service publishes them: a good
 * word, of which a caller changes what it wants. Levels are written in the order in which they are
 * added.
 */
public final class SimulatedTcb {
  private static final String ZEROS = "0".repeat(96);
  private static final HexFormat UPPER = HexFormat.of().withUpperCase();

  private final List<String> levels = new ArrayList<>();
  private final List<String> modules = new ArrayList<>();
  private final List<String> enclave = new ArrayList<>();
  private int number = 17;
  private String fmspc = SimulatedTdxPlatform.FMSPC;

  private SimulatedTcb() {}

  /**
   * Starts without any level.
   *
   * @return nothing is said yet
   */
  public static SimulatedTcb empty() {
    return new SimulatedTcb();
  }

  /**
   * Says that simulated platforms, their module and their quoting enclave are up to date.
   *
   * @return one level each
   */
  public static SimulatedTcb upToDate() {
    return of(TcbStatus.UP_TO_DATE, List.of());
  }

  /**
   * Says something of simulated platforms, and that module and enclave are up to date.
   *
   * @param status of the platform
   * @param advisories that are not mitigated
   * @return one level each
   */
  public static SimulatedTcb of(TcbStatus status, List<String> advisories) {
    return empty()
        .level(
            SimulatedTdxPlatform.COMPONENTS,
            SimulatedTdxPlatform.PCE_SVN,
            SimulatedTdxPlatform.TEE_TCB_SVN,
            status,
            advisories)
        .module(1, "0".repeat(16), moduleLevel(4, TcbStatus.UP_TO_DATE, List.of()))
        .enclave(6, TcbStatus.UP_TO_DATE, List.of());
  }

  /**
   * Sets the number that grows with every recovery.
   *
   * @param value of TCB Info and QE identity
   * @return this
   */
  public SimulatedTcb number(int value) {
    this.number = value;
    return this;
  }

  /**
   * Sets the kind of platform that this is said of.
   *
   * @param kind twelve digits in hex
   * @return this
   */
  public SimulatedTcb fmspc(String kind) {
    this.fmspc = kind;
    return this;
  }

  /**
   * Says something of platforms from certain security versions on.
   *
   * @param sgx sixteen components of the platform, in hex
   * @param pceSvn of its provisioning certification enclave
   * @param tdx sixteen components of TDX, in hex
   * @param status what is said
   * @param advisories that are not mitigated
   * @return this
   */
  public SimulatedTcb level(
      String sgx, int pceSvn, String tdx, TcbStatus status, List<String> advisories) {
    levels.add(
        "{\"tcb\":{\"sgxtcbcomponents\":"
            + components(sgx)
            + ",\"pcesvn\":"
            + pceSvn
            + ",\"tdxtcbcomponents\":"
            + components(tdx)
            + "},"
            + said(status, advisories)
            + "}");
    return this;
  }

  /**
   * Says something of a module.
   *
   * @param version of the module
   * @param attributes expected, 16 digits in hex
   * @param ofVersions from {@link #moduleLevel}
   * @return this
   */
  public SimulatedTcb module(int version, String attributes, String... ofVersions) {
    modules.add(
        "{\"id\":\"TDX_"
            + UPPER.toHexDigits((byte) version)
            + "\","
            + moduleMembers(attributes)
            + ",\"tcbLevels\":["
            + String.join(",", ofVersions)
            + "]}");
    return this;
  }

  /**
   * Says something of a module from a security version on.
   *
   * @param isvSvn least security version
   * @param status what is said
   * @param advisories that are not mitigated
   * @return for {@link #module}
   */
  public static String moduleLevel(int isvSvn, TcbStatus status, List<String> advisories) {
    return "{\"tcb\":{\"isvsvn\":" + isvSvn + "}," + said(status, advisories) + "}";
  }

  /**
   * Says something of the quoting enclave from a security version on.
   *
   * @param isvSvn least security version
   * @param status what is said
   * @param advisories that are not mitigated
   * @return this
   */
  public SimulatedTcb enclave(int isvSvn, TcbStatus status, List<String> advisories) {
    enclave.add(moduleLevel(isvSvn, status, advisories));
    return this;
  }

  private static String moduleMembers(String attributes) {
    return "\"mrsigner\":\""
        + ZEROS
        + "\",\"attributes\":\""
        + attributes
        + "\",\"attributesMask\":\"FFFFFFFFFFFFFFFF\"";
  }

  private static String said(TcbStatus status, List<String> advisories) {
    String ids = advisories.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(","));
    return "\"tcbDate\":\"2026-05-13T00:00:00Z\",\"tcbStatus\":\""
        + status.text()
        + "\""
        + (advisories.isEmpty() ? "" : ",\"advisoryIDs\":[" + ids + "]");
  }

  private static String components(String hex) {
    byte[] svns = HexFormat.of().parseHex(hex);
    return IntStream.range(0, svns.length)
        .mapToObj(i -> "{\"svn\":" + Byte.toUnsignedInt(svns[i]) + "}")
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** Returns the object that TCB Info's signature is over. */
  String tcbInfo(Instant issued, Instant next) {
    return "{\"id\":\"TDX\",\"version\":3,"
        + times(issued, next)
        + ",\"fmspc\":\""
        + fmspc
        + "\",\"pceId\":\"0000\",\"tcbType\":0,\"tcbEvaluationDataNumber\":"
        + number
        + ",\"tdxModule\":{"
        + moduleMembers("0".repeat(16))
        + "},\"tdxModuleIdentities\":["
        + String.join(",", modules)
        + "],\"tcbLevels\":["
        + String.join(",", levels)
        + "]}";
  }

  /** Returns the object that the QE identity's signature is over. */
  String qeIdentity(Instant issued, Instant next) {
    return "{\"id\":\"TD_QE\",\"version\":2,"
        + times(issued, next)
        + ",\"tcbEvaluationDataNumber\":"
        + number
        + ",\"miscselect\":\"00000000\",\"miscselectMask\":\"FFFFFFFF\""
        + ",\"attributes\":\"11000000000000000000000000000000\""
        + ",\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000000\""
        + ",\"mrsigner\":\""
        + UPPER.formatHex(SimulatedQuote.QE_SIGNER)
        + "\",\"isvprodid\":2,\"tcbLevels\":["
        + String.join(",", enclave)
        + "]}";
  }

  private static String times(Instant issued, Instant next) {
    return "\"issueDate\":\"" + issued + "\",\"nextUpdate\":\"" + next + "\"";
  }
}
