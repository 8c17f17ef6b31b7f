// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.BoundedFile;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.family.FetchChoices;
import io.fedtrust.attestation.providers.family.OptionType;
import io.fedtrust.attestation.providers.family.OptionValues;
import io.fedtrust.attestation.providers.family.SupportedForm;
import io.fedtrust.attestation.providers.family.VerifierChoices;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaAnchors;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaClient;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuClaims;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Measurements of NVIDIA GPUs. */
final class GpuEvidenceForm implements SupportedForm {
  private static final int MAX_PRINTED_BYTES = 4 << 20;
  private static final int MAX_KEY_BYTES = 4096;

  private static final FamilyOption<List<Integer>> EXEMPT_MEASUREMENT =
      FamilyOption.of(
          "exempt-measurement",
          FamilyOption.Use.VERIFY,
          OptionType.several(GpuEvidenceForm::index),
          "INDEX",
          "Do not compare this measurement of a GPU with NVIDIA's manifests. Repeatable. Verdicts"
              + " say so.");

  private static final FamilyOption<Boolean> ACCEPT_HOLD =
      FamilyOption.flag(
          "accept-hold",
          FamilyOption.Use.VERIFY,
          "Accept NVIDIA certificates that are on hold. Verdicts say so.");

  private static final FamilyOption<URI> RIM =
      FamilyOption.service(
          "rim", "Service of reference manifests to use instead of NVIDIA's.", NvidiaClient.NVIDIA);

  private static final FamilyOption<URI> OCSP =
      FamilyOption.service(
          "ocsp",
          "OCSP responder to use instead of NVIDIA's, for example a proxy.",
          NvidiaClient.NVIDIA_OCSP);

  private static final FamilyOption<Path> SERVICE_KEY_FILE =
      FamilyOption.of(
          "service-key-file",
          FamilyOption.Use.FETCH,
          OptionType.PATH,
          "FILE",
          "A file with the key for NVIDIA's services of manifests and certificate status.");

  @Override
  public EvidenceForm form() {
    return EvidenceForm.NV_EVIDENCE;
  }

  @Override
  public List<FamilyOption<?>> options() {
    return List.of(EXEMPT_MEASUREMENT, ACCEPT_HOLD, RIM, OCSP, SERVICE_KEY_FILE);
  }

  /** What NVIDIA's tool prints is no entry; what is neither is refused as an entry. */
  @Override
  public Evidence read(Path file, OptionValues options) {
    return printed(file).orElseGet(() -> SupportedForm.super.read(file, options));
  }

  private static Optional<Evidence> printed(Path file) {
    try {
      return Optional.of(GpuEvidence.ofTool(BoundedFile.read(file, MAX_PRINTED_BYTES)).evidence());
    } catch (IOException | MalformedEvidenceException e) {
      return Optional.empty();
    }
  }

  @Override
  public Claims inspect(Evidence evidence, Instant at, OptionValues options)
      throws MalformedEvidenceException {
    return GpuClaims.unverified(GpuEvidence.parse(evidence.token()));
  }

  @Override
  public EvidenceVerifier verifier(VerifierChoices choices) {
    OptionValues options = choices.options();
    return GpuVerifier.builder()
        .anchors(choices.anchors(NvidiaAnchors.ALL))
        .revocation(choices.revocation())
        .exemptMeasurements(Set.copyOf(options.find(EXEMPT_MEASUREMENT).orElse(List.of())))
        .acceptCertificateHold(options.isSet(ACCEPT_HOLD))
        .build();
  }

  @Override
  public FetchedCollateral fetch(Evidence evidence, FetchChoices choices) {
    NvidiaClient.Builder builder =
        choices
            .apply(NvidiaClient.builder(), RIM)
            .responder(choices.options().find(OCSP).orElseThrow());
    return choices
        .options()
        .find(SERVICE_KEY_FILE)
        .map(file -> builder.serviceKey(() -> key(file)))
        .orElse(builder)
        .build()
        .fetch(evidence);
  }

  private static String key(Path file) {
    try {
      return new String(BoundedFile.read(file, MAX_KEY_BYTES), StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw AttestationException.because(
          ErrorCode.COLLATERAL_UNAVAILABLE, "--service-key-file " + file, e);
    }
  }

  private static Integer index(String text) {
    if (text.matches("\\d{1,3}") && Integer.parseInt(text) <= GpuVerifier.MAX_INDEX) {
      return Integer.valueOf(text);
    }
    throw new IllegalArgumentException(
        "expected an index from 0 to " + GpuVerifier.MAX_INDEX + ", was " + text);
  }
}
