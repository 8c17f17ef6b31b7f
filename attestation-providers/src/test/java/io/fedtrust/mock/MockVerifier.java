// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.mock;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Verifies the signature of a note. It applies no policy, and uses neither network nor clock. */
final class MockVerifier implements EvidenceVerifier {
  private static final String SOURCE = "docs/adding-a-family.md";
  private static final Duration LIFE = Duration.ofDays(1);

  private final byte[] trustedKey;

  MockVerifier(byte[] trustedKey) {
    this.trustedKey = trustedKey.clone();
  }

  @Override
  public Set<EvidenceForm> forms() {
    return Set.of(MockFamily.NOTE);
  }

  @Override
  public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
    try {
      MockNote note = MockNote.parse(evidence.token());
      Check signature =
          Check.of(
              "mock.signature",
              ReasonCode.SIGNATURE_INVALID,
              isSigned(note),
              "a signature of the trusted key",
              "the signature of the note",
              SOURCE);
      return signature.code().isPresent()
          ? refused(signature)
          : new EvidenceVerification.Genuine(
              MockClaims.of(note),
              List.of(signature),
              List.of(),
              List.of("a mock proves nothing: use it in tests alone"),
              at.plus(LIFE),
              at.plus(LIFE));
    } catch (MalformedEvidenceException e) {
      return refused(e.check());
    }
  }

  private boolean isSigned(MockNote note) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(trustedKey)));
      signature.update(note.payload());
      return signature.verify(note.signature());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static EvidenceVerification refused(Check check) {
    return new EvidenceVerification.NotGenuine(
        List.of(check), List.of(), List.of(), check.code().orElseThrow());
  }
}
