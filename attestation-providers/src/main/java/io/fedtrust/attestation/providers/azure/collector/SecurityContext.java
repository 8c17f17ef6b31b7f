// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.collector;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.format.HostCertificates;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.codec.BoundedFile;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that Azure adds to every confidential container: the endorsement of its utility VM, its
 * container policy, and the certificates of its processor (Confidential containers on Azure,
 * security context).
 *
 * @param endorsement COSE_Sign1
 * @param policy Rego
 * @param certificates DER, or what the host gives for certificates if that cannot be read
 */
public record SecurityContext(byte[] endorsement, byte[] policy, List<byte[]> certificates) {
  /** Environment variable with the folder, on Azure Container Instances. */
  public static final String VARIABLE = "UVM_SECURITY_CONTEXT_DIR";

  private static final Logger LOG = LoggerFactory.getLogger(SecurityContext.class);
  private static final String KATA = "opt/confidential-containers/share/kata-containers";
  private static final int MAX_BYTES = 4 << 20;

  /**
   * Copies what it gets.
   *
   * @param endorsement COSE_Sign1
   * @param policy Rego
   * @param certificates DER, or what the host gives for certificates if that cannot be read
   */
  public SecurityContext {
    certificates = List.copyOf(certificates);
    endorsement = endorsement.clone();
    policy = policy.clone();
  }

  /** {@return the endorsement, as a copy} */
  @Override
  public byte[] endorsement() {
    return endorsement.clone();
  }

  /** {@return the container policy, as a copy} */
  @Override
  public byte[] policy() {
    return policy.clone();
  }

  /**
   * Reads the context of this container.
   *
   * @return the context
   * @throws AttestationException {@code NOT_CONFIDENTIAL} if there is none, {@code
   *     COLLECTION_FAILED} if it cannot be read
   */
  public static SecurityContext ofThisMachine() {
    return find(System.getenv(), Path.of("/"));
  }

  /**
   * Finds and reads a context: in the folder that {@link #VARIABLE} names, else in variables, as
   * older hosts have it, else in the first folder of the root whose name has {@code
   * security-context-} in it, else where Kata containers have it.
   *
   * @param environment variables
   * @param root of the file system
   * @return the context
   * @throws AttestationException {@code NOT_CONFIDENTIAL} if there is none, {@code
   *     COLLECTION_FAILED} if it cannot be read
   */
  public static SecurityContext find(Map<String, String> environment, Path root) {
    if (!environment.containsKey(VARIABLE) && environment.containsKey("UVM_REFERENCE_INFO")) {
      return read(
          "the environment",
          new String[] {"UVM_REFERENCE_INFO", "UVM_SECURITY_POLICY", "UVM_HOST_AMD_CERTIFICATE"},
          name -> Optional.ofNullable(environment.get(name)));
    }
    Path folder = folder(environment, root);
    if (!environment.containsKey(VARIABLE) && !Files.isDirectory(folder)) {
      throw AttestationException.of(
              ErrorCode.NOT_CONFIDENTIAL,
              VARIABLE,
              "this machine has no security context of a confidential container")
          .withHint(
              "Run this in a confidential container group of Azure, or set "
                  + VARIABLE
                  + " to the folder of the security context.");
    }
    return at(folder);
  }

  private static Path folder(Map<String, String> environment, Path root) {
    if (environment.containsKey(VARIABLE)) {
      return root.getFileSystem().getPath(environment.getOrDefault(VARIABLE, ""));
    }
    try (Stream<Path> folders = Files.list(root)) {
      return folders
          .filter(path -> path.getFileName().toString().contains("security-context-"))
          .filter(Files::isDirectory)
          .sorted()
          .findFirst()
          .orElse(root.resolve(KATA));
    } catch (IOException e) {
      throw AttestationException.because(ErrorCode.COLLECTION_FAILED, root.toString(), e);
    }
  }

  /**
   * Reads a context from its folder.
   *
   * @param folder with {@code reference-info-base64}, {@code security-policy-base64} and perhaps
   *     {@code host-amd-cert-base64}
   * @return the context
   * @throws AttestationException {@code COLLECTION_FAILED} if a file is missing or no base64
   */
  public static SecurityContext at(Path folder) {
    return read(
        folder.toString(),
        new String[] {"reference-info-base64", "security-policy-base64", "host-amd-cert-base64"},
        name -> {
          Path file = folder.resolve(name);
          return Files.exists(file)
              ? Optional.of(
                  new String(BoundedFile.read(file, MAX_BYTES), StandardCharsets.US_ASCII))
              : Optional.empty();
        });
  }

  /** The source of texts. */
  @FunctionalInterface
  private interface Texts {
    Optional<String> find(String name) throws IOException;
  }

  private static SecurityContext read(String place, String[] names, Texts texts) {
    try {
      return new SecurityContext(
          required(place, names[0], texts),
          required(place, names[1], texts),
          texts.find(names[2]).map(SecurityContext::certificates).orElse(List.of()));
    } catch (IOException e) {
      throw AttestationException.because(ErrorCode.COLLECTION_FAILED, place, e);
    }
  }

  private static byte[] required(String place, String name, Texts texts) throws IOException {
    String text =
        texts
            .find(name)
            .orElseThrow(
                () ->
                    AttestationException.of(
                        ErrorCode.COLLECTION_FAILED, place, "the security context has no " + name));
    return decoded(text)
        .orElseThrow(
            () ->
                new AttestationException(
                    ErrorCode.COLLECTION_FAILED, name, "base64", "other characters"));
  }

  private static Optional<byte[]> decoded(String text) {
    try {
      return Optional.of(Base64.getDecoder().decode(text.strip()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Unusable certificates do not affect the report, and the verdict lists them. */
  private static List<byte[]> certificates(String text) {
    byte[] json = decoded(text).orElseGet(() -> text.getBytes(StandardCharsets.US_ASCII));
    try {
      return HostCertificates.parse(json).certificates();
    } catch (MalformedEvidenceException e) {
      LOG.warn("the host's certificates cannot be used: {}", e.check());
      return List.of(json);
    }
  }

  /**
   * Creates a bundle. The host's certificates are attached, whether they match or not.
   *
   * @param report of this machine, 1184 bytes
   * @param runtimeData that it hashes, if that is known
   * @return evidence of form {@code aci-raw}
   * @throws MalformedEvidenceException if the report is none
   */
  public Evidence bundle(byte[] report, Optional<byte[]> runtimeData)
      throws MalformedEvidenceException {
    SnpReport.parse(report);
    AciEvidence bundle = AciEvidence.of(report, endorsement).policy(policy);
    Evidence evidence = runtimeData.map(bundle::runtimeData).orElse(bundle).evidence();
    return EvidenceAttachments.ofHost(certificates)
        .map(evidence::withEndorsements)
        .orElse(evidence);
  }

  @Override
  public String toString() {
    return "security context, " + endorsement.length + " and " + policy.length + " bytes";
  }
}
