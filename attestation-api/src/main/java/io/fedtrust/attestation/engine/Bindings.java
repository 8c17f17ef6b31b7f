// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.SiteCertificate;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import java.util.Optional;

/** What attester and verifier put into a binding alike (docs/protocol/bindings.md#transcript). */
final class Bindings {
  private Bindings() {}

  static Binding.Builder of(
      String project,
      SiteCertificate site,
      EvidenceForm form,
      Challenge challenge,
      String audience,
      Optional<String> job) {
    Binding.Builder builder =
        Binding.forEvidence(form)
            .challenge(challenge)
            .project(project, site.root().bytes())
            .site(site.name(), site.role(), site.publicKey().bytes())
            .audience(audience);
    job.ifPresent(builder::job);
    return builder;
  }

  static String audience(EvidenceRequest.Mode mode, String verifier) {
    return switch (mode) {
      case PAIRWISE -> verifier;
      case GROUP -> Binding.GROUP;
      case BATCH -> Binding.BATCH;
    };
  }
}
