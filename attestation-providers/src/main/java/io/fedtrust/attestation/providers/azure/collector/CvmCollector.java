// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.collector;

import io.fedtrust.attestation.AttestationException;
import io.fedtrust.attestation.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.format.TpmQuote;
import io.fedtrust.attestation.providers.command.CommandTemplate;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Collects evidence of this confidential VM with an external command, which asks its TPM for the
 * paravisor's report and for a quote: Java has no way to the TPM's device. A command made of
 * tpm2-tools is in {@code docs/attestation-azure.md}.
 */
public final class CvmCollector implements EvidenceCollector {
  /** Stands for what the quote must be over, 64 lower-case hex digits, in a command. */
  public static final String HASH = "{hash}";

  private static final int MAX_BYTES = 1 << 20;

  private final CommandTemplate command;

  private CvmCollector(CommandTemplate command) {
    this.command = command;
  }

  /**
   * Asks a command.
   *
   * @param command program and arguments, of which one is {@link #HASH}; no shell sees it. It
   *     prints the evidence, as {@link CvmEvidence} has it
   * @return a collector
   * @throws IllegalArgumentException if the hash is not among the arguments
   */
  public static CvmCollector command(List<String> command) {
    return new CvmCollector(new CommandTemplate(command, HASH));
  }

  @Override
  public EvidenceForm form() {
    return EvidenceForm.CVM_TPM;
  }

  @Override
  public Evidence collect(Binding binding, Deadline deadline) {
    if (binding.form() != EvidenceForm.CVM_TPM) {
      throw new IllegalArgumentException(
          "form: expected " + EvidenceForm.CVM_TPM + ", was " + binding.form());
    }
    byte[] printed = command.run(HexFormat.of().formatHex(binding.hash()), MAX_BYTES, deadline);
    try {
      CvmEvidence presented =
          CvmEvidence.parse(new String(printed, StandardCharsets.UTF_8).strip());
      requireBound(presented, binding.hash());
      return presented.evidence();
    } catch (MalformedEvidenceException e) {
      throw AttestationException.because(
          ErrorCode.COLLECTION_FAILED, command.arguments().get(0), e);
    }
  }

  private static void requireBound(CvmEvidence presented, byte[] hash)
      throws MalformedEvidenceException {
    boolean bound =
        presented.quote().isPresent()
            && Arrays.equals(TpmQuote.parse(presented.quote().get().attest()).extraData(), hash);
    if (!bound) {
      throw new AttestationException(
          ErrorCode.COLLECTION_FAILED, "extraData", "what was asked for", "another value");
    }
  }
}
