// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.checks.CollateralTimes;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaItems;
import io.fedtrust.attestation.providers.nvidia.pki.CertificatePath;
import io.fedtrust.attestation.providers.nvidia.pki.Ocsp;
import io.fedtrust.attestation.providers.nvidia.pki.OcspStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Checks the status of the certificates of a path, from OCSP responses in the verifier's own
 * collateral.
 */
final class StatusChecks {
  private final CheckRecorder recorder;
  private final CollateralTimes times;
  private final Collateral collateral;
  private final Instant at;
  private final GpuVerifier.Options options;
  private final NvidiaCache cache;

  StatusChecks(
      CheckRecorder recorder,
      CollateralTimes times,
      Collateral collateral,
      Instant at,
      GpuVerifier.Options options,
      NvidiaCache cache) {
    this.recorder = recorder;
    this.times = times;
    this.collateral = collateral;
    this.at = at;
    this.options = options;
    this.cache = cache;
  }

  /**
   * Looks for the status of all certificates but the root.
   *
   * @param check name of the checks
   * @param path proven
   * @param from distance of the first one from the end entity
   * @param revoked what a revoked one means: a device is refused, another item does not count
   * @return the answers that there are
   */
  List<OcspStatus> of(String check, CertificatePath path, int from, ReasonCode revoked) {
    List<OcspStatus> found = new ArrayList<>();
    if (options.revocation() == Revocation.NOT_CHECKED) {
      recorder.revocationNotChecked(check, Ocsp.SOURCE);
      return found;
    }
    for (int i = from; i + 1 < path.certificates().size(); i++) {
      answer(check + "-" + i, path, i, revoked).ifPresent(found::add);
    }
    return found;
  }

  private Optional<OcspStatus> answer(
      String check, CertificatePath path, int distance, ReasonCode revoked) {
    String sha256 = path.fingerprints().get(distance);
    List<CollateralItem> items = collateral.items(NvidiaItems.OCSP, sha256);
    if (items.isEmpty()) {
      missing(
          check,
          ReasonCode.COLLATERAL_UNAVAILABLE,
          "an OCSP answer about " + path.certificate(distance).getSubjectX500Principal(),
          "none");
      return Optional.empty();
    }
    try {
      OcspStatus answer = cache.status(items.get(0), path, distance, sha256);
      status(check, answer.status(), revoked, sha256);
      times.current(check + "-times", answer.use(), Ocsp.SOURCE);
      if (!answer.responder().isValid(at)) {
        missing(
            check + "-responder", ReasonCode.COLLATERAL_EXPIRED, answer.responder(), times.shown());
      }
      return Optional.of(answer);
    } catch (MalformedEvidenceException e) {
      recorder.add(CheckRecorder.invalid(check, e));
      return Optional.empty();
    }
  }

  private void status(String check, Ocsp.Status status, ReasonCode revoked, String sha256) {
    boolean held = status == Ocsp.Status.ON_HOLD && isAccepted(status);
    String shown = status.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    if (held) {
      recorder.note("a certificate on hold was accepted: " + sha256);
    }
    if (isAccepted(status)) {
      recorder.add(Check.passed(check, "good", shown, Ocsp.SOURCE));
    } else if (status == Ocsp.Status.UNKNOWN || revoked != ReasonCode.CERT_REVOKED) {
      missing(check, ReasonCode.COLLATERAL_UNAVAILABLE, "good", shown);
    } else {
      recorder.add(Check.failed(check, revoked, "good", shown, Ocsp.SOURCE));
    }
  }

  /** Tells whether a certificate of a status may be used. */
  boolean isAccepted(Ocsp.Status status) {
    return status == Ocsp.Status.GOOD || (status == Ocsp.Status.ON_HOLD && options.acceptHold());
  }

  private void missing(String check, ReasonCode code, Object expected, Object actual) {
    recorder.add(Check.missing(check, code, expected, actual, Ocsp.SOURCE));
  }
}
