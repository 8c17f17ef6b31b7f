// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.maa;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.collector.Sidecar;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.command.CommandTemplate;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Requests tokens for this machine from Microsoft Azure Attestation: for a container group through
 * the sidecar, for a confidential VM through an external command. The service sees the machine's
 * reports.
 */
public final class MaaCollector implements EvidenceCollector {
  /** Stands for the nonce, 43 characters of base64url, in a command. */
  public static final String NONCE = "{nonce}";

  private static final int MAX_BYTES = 128 << 10;

  private final EvidenceForm form;
  private final Source source;

  private MaaCollector(EvidenceForm form, Source source) {
    this.form = form;
    this.source = source;
  }

  /** The source of tokens. */
  @FunctionalInterface
  private interface Source {
    String token(byte[] hash, Deadline deadline);
  }

  /**
   * Uses the sidecar of this container group.
   *
   * @param sidecar of the group
   * @param instance of the service, as {@link MaaItems#instance} says
   * @return a collector of form {@code maa-jwt}
   */
  public static MaaCollector containers(Sidecar sidecar, String instance) {
    String host = MaaItems.instance(instance).substring("https://".length());
    return new MaaCollector(
        EvidenceForm.MAA_JWT,
        (hash, deadline) -> sidecar.token(host, RuntimeData.of(hash), deadline));
  }

  /**
   * Uses Microsoft's client for confidential VMs, which must be on the path and usually needs root.
   *
   * @param instance of the service, as {@link MaaItems#instance} says
   * @return a collector of form {@code maa-cvm-jwt}
   */
  public static MaaCollector virtualMachines(String instance) {
    return command(
        List.of(
            "AttestationClient",
            "-a",
            MaaItems.instance(instance) + "/",
            "-n",
            NONCE,
            "-o",
            "token"));
  }

  /**
   * Uses another command.
   *
   * @param command program and arguments, of which one is {@link #NONCE}; no shell sees it. It
   *     prints the token
   * @return a collector of form {@code maa-cvm-jwt}
   * @throws IllegalArgumentException if the nonce is not among the arguments
   */
  public static MaaCollector command(List<String> command) {
    CommandTemplate template = new CommandTemplate(command, NONCE);
    return new MaaCollector(
        EvidenceForm.MAA_CVM_JWT,
        (hash, deadline) ->
            new String(
                    template.run(RuntimeData.nonce(hash), MAX_BYTES, deadline),
                    StandardCharsets.US_ASCII)
                .strip());
  }

  @Override
  public EvidenceForm form() {
    return form;
  }

  @Override
  public Evidence collect(Binding binding, Deadline deadline) {
    if (!binding.form().equals(form)) {
      throw new IllegalArgumentException("form: expected " + form + ", was " + binding.form());
    }
    Evidence evidence = Evidence.of(form, source.token(binding.hash(), deadline));
    try {
      byte[] carried =
          MaaToken.of(form, MaaToken.jws(evidence)).hash().orElseGet(() -> new byte[0]);
      if (!Arrays.equals(carried, binding.hash())) {
        throw new AttestationException(
            ErrorCode.COLLECTION_FAILED, "x-ms-runtime", "the requested value", "another value");
      }
      return evidence;
    } catch (MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.COLLECTION_FAILED, "token", e);
    }
  }
}
