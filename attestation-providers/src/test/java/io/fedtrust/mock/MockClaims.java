// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.mock;

import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;

/** What a note says. The names of claims are written here and nowhere else. */
final class MockClaims {
  static final String IMAGE = "image";
  static final String DEBUG = "debug";

  private MockClaims() {}

  static Claims of(MockNote note) {
    return Claims.of(MockFamily.NOTE, note.image(), note.nonce())
        .signedContent(note.payload())
        .nonce(note.nonce())
        .put(IMAGE, new ClaimValue.Text(note.image()))
        .put(DEBUG, new ClaimValue.Flag(note.debug()))
        .build();
  }
}
