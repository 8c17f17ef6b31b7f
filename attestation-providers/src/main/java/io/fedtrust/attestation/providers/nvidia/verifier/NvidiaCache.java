// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaAnchors;
import io.fedtrust.attestation.providers.nvidia.format.DeviceCertificates;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.SignedManifest;
import io.fedtrust.attestation.providers.nvidia.pki.CertificatePath;
import io.fedtrust.attestation.providers.nvidia.pki.OcspStatus;
import io.fedtrust.attestation.providers.pki.IssuanceChecks;
import java.util.List;
import java.util.Optional;

/**
 * Proven devices, manifests and status answers, by all bytes they come from. Holds no verdicts and
 * nothing that depends on the time.
 */
final class NvidiaCache {
  private static final int MAX_DEVICES = 20_000;
  private static final int MAX_MANIFESTS = 1024;
  private static final int MAX_ANSWERS = 50_000;
  private static final int DEVICE_LENGTH = 5;
  private static final int SIGNER_LENGTH = 4;
  private static final int CURVE_BITS = 384;
  private static final JsonObject.Kind MANIFEST =
      new JsonObject.Kind(
          "nvidia.manifest",
          ReasonCode.COLLATERAL_UNAVAILABLE,
          "TCG Reference Integrity Manifest Information Model");

  private final List<TrustAnchor> devices;
  private final List<TrustAnchor> signers;
  private final IssuanceChecks issuance;
  private final Cache<Bytes, DeviceIdentity> identities =
      Caffeine.newBuilder().maximumSize(MAX_DEVICES).build();
  private final Cache<String, VerifiedManifest> manifests =
      Caffeine.newBuilder().maximumSize(MAX_MANIFESTS).build();
  private final Cache<Answered, OcspStatus> statuses =
      Caffeine.newBuilder().maximumSize(MAX_ANSWERS).build();

  /** A certificate and an answer about it. */
  private record Answered(String certificate, String answer) {}

  NvidiaCache(List<TrustAnchor> anchors, IssuanceChecks issuance) {
    this.devices = ofRole(anchors, NvidiaAnchors.DEVICE_IDENTITY);
    this.signers = ofRole(anchors, NvidiaAnchors.MANIFEST_SIGNING);
    this.issuance = issuance;
  }

  private static List<TrustAnchor> ofRole(List<TrustAnchor> anchors, String role) {
    return anchors.stream().filter(anchor -> anchor.role().equals(role)).toList();
  }

  IssuanceChecks issuance() {
    return issuance;
  }

  /** Proves the certificates of a device; those that are proven are remembered. */
  DeviceIdentity identity(GpuEvidence.Device device) throws MalformedEvidenceException {
    DeviceIdentity known = identities.getIfPresent(device.chain());
    if (known != null) {
      return known;
    }
    CertificatePath path =
        CertificatePath.prove("chain", device.certificates(), DEVICE_LENGTH, devices, issuance);
    DeviceIdentity identity =
        new DeviceIdentity(
            path,
            issuance.signatures().curveKey(path.end().getPublicKey(), CURVE_BITS),
            DeviceCertificates.of(path.end(), path.certificate(1)));
    if (path.proven()) {
      identities.put(device.chain(), identity);
    }
    return identity;
  }

  /** Verifies a manifest, once for all devices that name it. */
  VerifiedManifest manifest(CollateralItem item) throws MalformedEvidenceException {
    VerifiedManifest known = manifests.getIfPresent(item.sha256());
    if (known == null) {
      SignedManifest signed = SignedManifest.parse(item.bytes());
      CertificatePath path =
          CertificatePath.prove(
              "manifest-signer", signed.certificates(), SIGNER_LENGTH, signers, issuance);
      Optional<Check> broken =
          path.checks().stream().filter(check -> check.code().isPresent()).findFirst();
      if (broken.isPresent()) {
        throw MANIFEST.refused(broken.get().expected(), broken.get().actual());
      }
      if (!signed.isSignedBy(path.end().getPublicKey())) {
        throw MANIFEST.refused("a signature of " + path.end().getSubjectX500Principal(), "another");
      }
      known =
          new VerifiedManifest(
              signed.content(),
              path,
              List.of(authority(path, 1), authority(path, 2)),
              item.sha256());
      manifests.put(item.sha256(), known);
    }
    return known;
  }

  private static String authority(CertificatePath path, int distance) {
    return path.certificate(distance).getSubjectX500Principal().getName();
  }

  /** Verifies what is said of a certificate of a proven path. */
  OcspStatus status(CollateralItem item, CertificatePath path, int distance, String sha256)
      throws MalformedEvidenceException {
    Answered name = new Answered(sha256, item.sha256());
    OcspStatus known = statuses.getIfPresent(name);
    if (known == null) {
      known =
          OcspStatus.verified(
              item, NvidiaAnchors.FAMILY + "/ocsp/" + sha256, path, distance, issuance);
      statuses.put(name, known);
    }
    return known;
  }
}
