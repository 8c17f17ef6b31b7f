// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.format.HostCertificates;
import io.fedtrust.attestation.providers.azure.verifier.AciVerifier;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.collateral.Revocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** Azure's real and made-up evidence, read where it is; without it, tests are skipped. */
final class AzureVectors {
  private static final Path FOLDER =
      Path.of(System.getProperty("fedtrust.vectors", "none"), "azure");

  /** When the bundle of {@code aci-milan-svn101} was good. */
  static final Instant MILAN_TIME = Instant.parse("2025-06-01T00:00:00Z");

  private AzureVectors() {}

  static void assume() {
    assumeTrue(Files.isDirectory(FOLDER), "the Azure vectors are not here");
  }

  static byte[] bytes(String name) {
    try {
      return Files.readAllBytes(FOLDER.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8).strip();
  }

  static byte[] decoded(String name) {
    return Base64.getDecoder().decode(text(name));
  }

  /** The bundle of a security context, with the host's certificates attached. */
  static Evidence bundle(String folder) {
    AciEvidence bundle =
        AciEvidence.of(
                bytes(folder + "/snp-report.bin"), decoded(folder + "/reference-info-base64"))
            .policy(decoded(folder + "/security-policy-base64"));
    return bundle.evidence().withEndorsements(EvidenceAttachments.of(host(folder).certificates()));
  }

  static HostCertificates host(String folder) {
    try {
      return HostCertificates.parse(decoded(folder + "/host-amd-cert-base64"));
    } catch (MalformedEvidenceException e) {
      throw new IllegalStateException(e);
    }
  }

  /** No list of AMD's is of those times. */
  static AciVerifier verifier() {
    return AciVerifier.builder().revocation(Revocation.NOT_CHECKED).build();
  }

  static Collateral items(CollateralItem... items) {
    return Collateral.of(List.of(items));
  }
}
