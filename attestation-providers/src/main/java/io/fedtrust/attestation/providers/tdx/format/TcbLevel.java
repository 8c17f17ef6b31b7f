// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The TCB status of a platform at certain security versions (Intel PCS API version 4, tcbLevels of
 * TCB Info).
 *
 * @param sgxComponents least SVNs of the platform, sixteen
 * @param pceSvn least SVN of its provisioning certification enclave
 * @param tdxComponents least SVNs of TDX, sixteen
 * @param tcbDate what was known until then is mitigated
 * @param status what is said
 * @param advisoryIds what is not mitigated, as Intel numbers it
 */
public record TcbLevel(
    List<Integer> sgxComponents,
    int pceSvn,
    List<Integer> tdxComponents,
    Instant tcbDate,
    TcbStatus status,
    List<String> advisoryIds) {
  private static final int MAX_SVN = 0xFF;
  private static final int MAX_PCE_SVN = 0xFFFF;

  /** Highest first: SGX components one by one, then PCE, then TDX components, as Intel's QVL. */
  static final Comparator<TcbLevel> DESCENDING =
      Comparator.comparing(TcbLevel::sgxComponents, TcbLevel::compare)
          .thenComparingInt(TcbLevel::pceSvn)
          .thenComparing(TcbLevel::tdxComponents, TcbLevel::compare)
          .reversed();

  /**
   * Copies the lists.
   *
   * @param sgxComponents least SVNs of the platform, sixteen
   * @param pceSvn least SVN of its provisioning certification enclave
   * @param tdxComponents least SVNs of TDX, sixteen
   * @param tcbDate what was known until then is mitigated
   * @param status what is said
   * @param advisoryIds what is not mitigated, as Intel numbers it
   */
  public TcbLevel {
    sgxComponents = List.copyOf(sgxComponents);
    tdxComponents = List.copyOf(tdxComponents);
    advisoryIds = List.copyOf(advisoryIds);
  }

  private static int compare(List<Integer> left, List<Integer> right) {
    for (int i = 0; i < TeeTcbSvn.COMPONENTS; i++) {
      int difference = Integer.compare(left.get(i), right.get(i));
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  static TcbLevel read(JsonObject level) throws MalformedEvidenceException {
    JsonObject tcb = level.object("tcb");
    return new TcbLevel(
        components(tcb, "sgxtcbcomponents"),
        tcb.whole("pcesvn", MAX_PCE_SVN),
        components(tcb, "tdxtcbcomponents"),
        level.instant("tcbDate"),
        EnclaveTcbLevel.status(level),
        level.texts("advisoryIDs", EnclaveTcbLevel.MAX_LEVELS));
  }

  private static List<Integer> components(JsonObject tcb, String name)
      throws MalformedEvidenceException {
    List<Integer> svns = new ArrayList<>();
    for (JsonObject component : tcb.objects(name, TeeTcbSvn.COMPONENTS)) {
      svns.add(component.whole("svn", MAX_SVN));
    }
    if (svns.size() != TeeTcbSvn.COMPONENTS) {
      throw tcb.kind().refused(name + ": sixteen components", svns.size());
    }
    return svns;
  }

  /**
   * Tells whether a platform reaches this level.
   *
   * @param pck what its certificate says
   * @return true if no component and not its PCE is below
   */
  public boolean isReachedBy(PckCertificate pck) {
    for (int i = 0; i < TeeTcbSvn.COMPONENTS; i++) {
      if (pck.components().get(i) < sgxComponents.get(i)) {
        return false;
      }
    }
    return pck.pceSvn() >= pceSvn;
  }

  /**
   * Tells whether a TD's TDX versions reach this level. Of a module that has an identity of its
   * own, that identity says whether the module's two components are good enough.
   *
   * @param svns of the TD
   * @return true if no component is below
   */
  public boolean isReachedBy(TeeTcbSvn svns) {
    for (int i = svns.moduleVersion() > 0 ? 2 : 0; i < TeeTcbSvn.COMPONENTS; i++) {
      if (svns.svn(i) < tdxComponents.get(i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return "SGX "
        + sgxComponents
        + ", PCE SVN "
        + pceSvn
        + ", TDX "
        + tdxComponents
        + " of "
        + tcbDate
        + ": "
        + status
        + ", "
        + advisoryIds.size()
        + " advisories";
  }
}
