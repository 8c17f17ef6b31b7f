// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.ita;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.jws.CompactJws;
import io.fedtrust.attestation.providers.tdx.format.TcbStatus;
import io.fedtrust.attestation.providers.token.TokenChecks;
import io.fedtrust.attestation.providers.token.TokenVerification;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The checks of one token, step by step (docs/attestation-tdx.md#intel-trust-authority). */
final class ItaChecks implements TokenChecks {
  private static final String SOURCE = ItaToken.KIND.source();
  private static final int HELD_BYTES = 32;

  @Override
  public Optional<Claims> check(Evidence evidence, TokenVerification verification)
      throws MalformedEvidenceException {
    CompactJws jws = ItaToken.jws(evidence);
    ItaToken token = ItaToken.of(jws);
    verification.add(Check.passed("ita.format", "a compact JWS", "one", "RFC 7515 section 3.1"));
    verification.stated("", jws);
    verification.valid("", token.times());
    verification.equal("attester", ReasonCode.EVIDENCE_MALFORMED, "TDX", token.attester());
    byte[] held = binding(token, verification);
    verification.add(status(token));
    Claims claims = token.claims(held, verification.at());
    return verification.signed("", jws) ? Optional.of(claims) : Optional.empty();
  }

  /** REPORTDATA is the digest of both nonces; only an attester's nonce of 32 bytes is a binding. */
  private static byte[] binding(ItaToken token, TokenVerification verification)
      throws MalformedEvidenceException {
    Optional<byte[]> held = token.heldData();
    ByteArrayOutputStream hashed = new ByteArrayOutputStream();
    token.serviceNonce().orElse(List.of()).forEach(hashed::writeBytes);
    held.ifPresent(hashed::writeBytes);
    if (hashed.size() == 0) {
      verification.add(Check.skipped("ita.report-data", "the token names no nonce", SOURCE));
      return new byte[0];
    }
    byte[] expected = Digests.sha512(hashed.toByteArray());
    byte[] found = token.reportData();
    verification.add(
        Check.of(
            "ita.report-data",
            ReasonCode.BINDING_MISMATCH,
            Arrays.equals(expected, found),
            HexFormat.of().formatHex(expected),
            HexFormat.of().formatHex(found),
            "docs/protocol/bindings.md#ita-jwt"));
    return held.filter(bytes -> bytes.length == HELD_BYTES).orElseGet(() -> new byte[0]);
  }

  private static Check status(ItaToken token) throws MalformedEvidenceException {
    String status = token.tcbStatus();
    return Check.of(
        "ita.tcb-status",
        ReasonCode.TCB_REVOKED,
        !status.equals(TcbStatus.REVOKED.text()),
        "any but " + TcbStatus.REVOKED + "; policy says which",
        status,
        SOURCE);
  }
}
