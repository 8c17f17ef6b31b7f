// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.checks.CollateralTimes;
import io.fedtrust.attestation.providers.checks.Expiry;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaAnchors;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaItems;
import io.fedtrust.attestation.providers.nvidia.format.Architecture;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import io.fedtrust.attestation.providers.nvidia.format.OpaqueField;
import io.fedtrust.attestation.providers.nvidia.format.ReferenceManifest;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import io.fedtrust.attestation.providers.nvidia.pki.CertificatePath;
import io.fedtrust.attestation.providers.nvidia.pki.OcspStatus;
import io.fedtrust.attestation.providers.pki.SignatureScheme;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One authentication of one device, step by step
 * (docs/attestation-gpu.md#what-is-checked-and-where-it-comes-from).
 */
final class DeviceVerification {
  private static final String FAMILY = "nvidia.";
  private static final String SPDM = "DMTF DSP0274, version 1.1";
  private static final String DICE = "TCG DICE Attestation Architecture";
  private static final String RIM = "TCG Reference Integrity Manifest Information Model";
  private static final String OPAQUE = "NVIDIA attestation SDK, opaque data";

  private final String label;
  private final String prefix;
  private final GpuEvidence.Device device;
  private final List<CollateralItem> attachments;
  private final Collateral collateral;
  private final Instant at;
  private final GpuVerifier.Options options;
  private final NvidiaCache cache;
  private final CheckRecorder recorder = new CheckRecorder();
  private final CollateralTimes times;
  private final StatusChecks statuses;
  private final List<CollateralUse> used = new ArrayList<>(10);
  private Optional<Expiry> ends = Optional.empty();
  private boolean manifestsProven = true;

  DeviceVerification(
      String label,
      GpuEvidence.Device device,
      List<CollateralItem> attachments,
      Collateral collateral,
      Instant at,
      GpuVerifier.Options options,
      NvidiaCache cache) {
    this.label = label;
    this.prefix = FAMILY + label + ".";
    this.device = device;
    this.attachments = attachments;
    this.collateral = collateral;
    this.at = at;
    this.options = options;
    this.cache = cache;
    this.times = new CollateralTimes(recorder, collateral.floors(), at);
    this.statuses = new StatusChecks(recorder, times, collateral, at, options, cache);
  }

  DeviceFindings run() {
    Optional<DeviceFacts> facts = Optional.empty();
    try {
      facts = facts();
    } catch (MalformedEvidenceException e) {
      add(labelled(e.check()));
    }
    return new DeviceFindings(recorder.checks(), recorder.notes(), used, facts, ends);
  }

  private void add(Check check) {
    recorder.add(check);
  }

  /** Checks of several devices stand in one verdict. */
  private Check labelled(Check check) {
    String name = check.name();
    return new Check(
        name(name.startsWith(FAMILY) ? name.substring(FAMILY.length()) : name),
        check.outcome(),
        check.expected(),
        check.actual(),
        check.source(),
        check.code());
  }

  private String name(String check) {
    return prefix + check;
  }

  private Optional<DeviceFacts> facts() throws MalformedEvidenceException {
    SpdmReport report = SpdmReport.parse(device.report().bytes());
    add(Check.passed(name("report"), "SPDM 1.1 measurements", report.measurements(), SPDM));
    Architecture architecture = device.architecture();
    boolean same = Arrays.equals(report.nonce(), device.nonce().bytes());
    add(
        Check.of(
            name("nonce"),
            ReasonCode.BINDING_MISMATCH,
            same,
            device.nonce().hex(),
            Bytes.of(report.nonce()).hex(),
            SPDM));
    DeviceIdentity identity = cache.identity(device);
    CertificatePath path = identity.path();
    path.checks().forEach(check -> add(labelled(check)));
    boolean fits = identity.certificates().fits(architecture);
    add(
        Check.of(
            name("architecture"),
            ReasonCode.PRODUCT_MISMATCH,
            fits,
            "certificates of " + architecture,
            identity.certificates().commonName(),
            "NVIDIA attestation SDK, device certificates"));
    boolean named = fwid(report, identity);
    boolean signed = signature(report, identity);
    add(
        Check.of(
            name("validity"),
            ReasonCode.CERT_NOT_VALID,
            path.validity().isValid(at),
            path.validity(),
            times.shown(),
            "RFC 5280 section 4.1.2.5"));
    ends = Optional.of(Expiry.of(path.validity().end()));
    path.root().ifPresent(root -> root.notes().forEach(recorder::note));
    if (path.proven()) {
      // The device's own certificate has no status; the one above it stands for it.
      status("device", path, 1, ReasonCode.CERT_REVOKED);
    }
    List<ManifestId> ids = ManifestId.of(architecture, report);
    Optional<List<String>> mismatches = measurements(architecture, report, ids);
    return same && fits && named && signed && path.proven()
        ? Optional.of(
            DeviceFacts.of(label, architecture, report, ids, identity.certificates(), mismatches))
        : Optional.empty();
  }

  /** The firmware that the key belongs to is the one that reports. Older drivers do not say. */
  private boolean fwid(SpdmReport report, DeviceIdentity identity) {
    Optional<byte[]> reported = report.opaque(OpaqueField.FWID);
    if (reported.isEmpty()) {
      add(Check.skipped(name("fwid"), "the driver does not report it", DICE));
      return true;
    }
    Optional<Bytes> certified = identity.certificates().fwid();
    boolean good = certified.equals(reported.map(Bytes::of));
    add(
        Check.of(
            name("fwid"),
            ReasonCode.ENDORSEMENT_MISMATCH,
            good,
            certified.map(Bytes::hex).orElse("one in the certificate"),
            Bytes.of(reported.get()).hex(),
            DICE));
    return good;
  }

  private boolean signature(SpdmReport report, DeviceIdentity identity) {
    boolean good =
        identity
            .key()
            .filter(
                key ->
                    cache
                        .issuance()
                        .signatures()
                        .verifyP1363(
                            SignatureScheme.ECDSA_SHA384, key, report.signed(), report.signature()))
            .isPresent();
    add(
        Check.of(
            name("signature"),
            ReasonCode.SIGNATURE_INVALID,
            good,
            "ECDSA P-384 by the device",
            good ? "yes" : "not signed by it",
            SPDM));
    return good;
  }

  /** Adds what is known of the status of certificates, and returns whether none is revoked. */
  private boolean status(String what, CertificatePath path, int from, ReasonCode revoked) {
    boolean good = true;
    for (OcspStatus status : statuses.of(name(what + "-revocation"), path, from, revoked)) {
      use(status.use());
      until(status.responder().end());
      good &= statuses.isAccepted(status.status());
    }
    return good;
  }

  private void use(CollateralUse what) {
    used.add(what);
    until(what.validUntil());
  }

  private void until(Instant end) {
    ends = ends.map(known -> known.and(end));
  }

  private Optional<List<String>> measurements(
      Architecture architecture, SpdmReport report, List<ManifestId> ids) {
    Map<ManifestId.Source, ReferenceManifest> manifests = new EnumMap<>(ManifestId.Source.class);
    for (ManifestId id : ids) {
      manifest(architecture, id).ifPresent(content -> manifests.put(id.source(), content));
    }
    if (manifests.isEmpty()) {
      add(Check.skipped(name("measurements"), "no manifest to compare with", RIM));
      return Optional.empty();
    }
    boolean complete = manifests.size() == ids.size();
    try {
      Comparison comparison = Comparison.of(report, manifests, options.exempt());
      compared(
          Check.of(
              name("measurements"),
              ReasonCode.REFERENCE_MISMATCH,
              comparison.mismatches().isEmpty(),
              comparison.compared() + " measurements of NVIDIA's " + named(manifests),
              comparison.mismatches().isEmpty()
                  ? "all" + (comparison.exempt().isEmpty() ? "" : " but " + comparison.exempt())
                  : "not "
                      + comparison.mismatches().stream().map(Comparison.Mismatch::index).toList(),
              OPAQUE));
      if (!complete) {
        recorder.note("only the " + named(manifests) + " of " + label + " was compared");
      }
      for (Comparison.Mismatch mismatch : comparison.mismatches()) {
        compared(
            Check.failed(
                name("measurement-" + mismatch.index()),
                ReasonCode.REFERENCE_MISMATCH,
                mismatch.expected(),
                mismatch.actual(),
                OPAQUE));
      }
      Set<Integer> chosen = new TreeSet<>(comparison.exempt());
      chosen.retainAll(options.exempt());
      if (!chosen.isEmpty()) {
        recorder.note("measurements " + chosen + " of " + label + " were exempt");
      }
      return complete
          ? Optional.of(comparison.tolerated().stream().map(Comparison.Mismatch::toString).toList())
          : Optional.empty();
    } catch (Comparison.ConflictException e) {
      add(
          Check.missing(
              name("measurements"),
              ReasonCode.COLLATERAL_UNAVAILABLE,
              "manifests for one device",
              e.getMessage(),
              RIM));
      return Optional.empty();
    }
  }

  /** A manifest that has ended or whose signer was revoked proves nothing against a device. */
  private void compared(Check check) {
    add(manifestsProven ? check : CheckRecorder.unproven(check));
  }

  private static String named(Map<ManifestId.Source, ReferenceManifest> manifests) {
    return manifests.keySet().stream()
        .map(source -> source.name().toLowerCase(Locale.ROOT) + " manifest")
        .collect(Collectors.joining(" and "));
  }

  /** The first good manifest among the verifier's own and those that the sender presents. */
  private Optional<ReferenceManifest> manifest(Architecture architecture, ManifestId id) {
    String check = id.source().name().toLowerCase(Locale.ROOT) + "-manifest";
    String name = name(check);
    List<CollateralItem> own = collateral.items(NvidiaItems.MANIFEST, id.id());
    List<CollateralItem> candidates = new ArrayList<>(own);
    candidates.addAll(attachments);
    Optional<Check> wrong = Optional.empty();
    for (CollateralItem candidate : candidates) {
      try {
        VerifiedManifest manifest = cache.manifest(candidate);
        Optional<String> difference = difference(architecture, id, manifest);
        if (difference.isEmpty()) {
          accept(check, id, manifest);
          return Optional.of(manifest.content());
        }
        // Hints have no names: one for another device is not a wrong one.
        wrong =
            wrong.or(
                () ->
                    difference
                        .filter(ignored -> !own.isEmpty())
                        .map(
                            found ->
                                Check.missing(
                                    name,
                                    ReasonCode.COLLATERAL_UNAVAILABLE,
                                    "the manifest " + id,
                                    found,
                                    RIM)));
      } catch (MalformedEvidenceException e) {
        wrong = wrong.or(() -> Optional.of(CheckRecorder.invalid(name, e)));
      }
    }
    add(
        wrong.orElseGet(
            () ->
                Check.missing(
                    name, ReasonCode.COLLATERAL_UNAVAILABLE, "the manifest " + id, "none", RIM)));
    return Optional.empty();
  }

  private static Optional<String> difference(
      Architecture architecture, ManifestId id, VerifiedManifest manifest) {
    Optional<String> difference = manifest.content().differenceFrom(id);
    if (difference.isPresent()) {
      return difference;
    }
    if (!isOfFamily(manifest, architecture)) {
      return Optional.of("signed for another family");
    }
    Set<Integer> lacking = new TreeSet<>(Comparison.least(architecture, id.source()));
    lacking.removeAll(manifest.content().measurements().keySet());
    return lacking.isEmpty() ? Optional.empty() : Optional.of("no values for " + lacking);
  }

  /** The two authorities between signer and root are of one family each. */
  private static boolean isOfFamily(VerifiedManifest manifest, Architecture architecture) {
    return manifest.authorities().stream().allMatch(architecture::isManifestAuthority);
  }

  private void accept(String check, ManifestId id, VerifiedManifest manifest) {
    add(Check.passed(name(check), id, "sha256 " + manifest.sha256(), RIM));
    CertificatePath path = manifest.path();
    CollateralUse use =
        new CollateralUse(
            NvidiaAnchors.FAMILY + "/" + NvidiaItems.MANIFEST + "/" + id,
            manifest.sha256(),
            Optional.empty(),
            path.validity().begin(),
            path.validity().end());
    manifestsProven &= times.current(name(check) + "-times", use, RIM);
    path.root().ifPresent(root -> root.notes().forEach(recorder::note));
    manifestsProven &= status(check, path, 0, ReasonCode.COLLATERAL_UNAVAILABLE);
    use(use);
  }
}
