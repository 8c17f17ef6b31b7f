// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.family;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.wire.EvidenceFiles;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** What a family can do with one form of evidence. */
public interface SupportedForm {
  /**
   * Returns the form.
   *
   * @return registered in {@link EvidenceForm}
   */
  EvidenceForm form();

  /**
   * Returns what a user can choose for this form.
   *
   * @return options with distinct names for each use; forms that share a name share its kind of
   *     value
   */
  default List<FamilyOption<?>> options() {
    return List.of();
  }

  /**
   * Reads a file. Nothing of it is verified.
   *
   * @param file as {@link EvidenceFiles} describes, unless the form has another
   * @param options of {@link FamilyOption.Use#READ}
   * @return the evidence, perhaps of another form, if the file states one
   * @throws io.fedtrust.attestation.error.AttestationException {@code EVIDENCE_UNREADABLE} if it is
   *     not what it is said to be
   */
  default Evidence read(Path file, OptionValues options) {
    return EvidenceFiles.read(file, form());
  }

  /**
   * Attaches what the user has in files of its own, for example an event log.
   *
   * @param evidence of this form
   * @param options of {@link FamilyOption.Use#READ}
   * @return the evidence with its attachments
   * @throws io.fedtrust.attestation.error.AttestationException {@code EVIDENCE_UNREADABLE} if an
   *     attachment cannot be read
   */
  default Evidence attach(Evidence evidence, OptionValues options) {
    return evidence;
  }

  /**
   * Tells what evidence says. Nothing of it is verified.
   *
   * @param evidence of this form
   * @param at the time of reading
   * @param options of {@link FamilyOption.Use#INSPECT}
   * @return its claims
   * @throws MalformedEvidenceException if it cannot be read
   */
  Claims inspect(Evidence evidence, Instant at, OptionValues options)
      throws MalformedEvidenceException;

  /**
   * Creates a verifier.
   *
   * @param choices of the user
   * @return a verifier of this form
   */
  EvidenceVerifier verifier(VerifierChoices choices);

  /**
   * Fetches the collateral that evidence needs.
   *
   * @param evidence of this form
   * @param choices of the user
   * @return what is available, and why the rest is not
   */
  FetchedCollateral fetch(Evidence evidence, FetchChoices choices);
}
