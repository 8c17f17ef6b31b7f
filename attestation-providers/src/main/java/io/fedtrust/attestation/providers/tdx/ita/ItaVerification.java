// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.ita;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.checks.Expiry;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.jws.CompactJws;
import io.fedtrust.attestation.providers.jws.SigningKeys;
import io.fedtrust.attestation.providers.jws.TokenSigner;
import io.fedtrust.attestation.providers.tdx.format.TcbStatus;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * One authentication of one token, step by step (docs/attestation-tdx.md#intel-trust-authority).
 */
final class ItaVerification {
  private static final String SOURCE = "Intel Trust Authority, attestation token";
  private static final int HELD_BYTES = 32;

  private final Evidence evidence;
  private final Instant at;
  private final CheckRecorder recorder = new CheckRecorder();
  private final TokenSigner signer;

  ItaVerification(
      Evidence evidence,
      Collateral collateral,
      Instant at,
      TokenSigner.Accepted accepted,
      SigningKeys keys) {
    this.evidence = evidence;
    this.at = at;
    this.signer = new TokenSigner(keys, accepted, collateral, at, recorder);
  }

  EvidenceVerification run() {
    try {
      CompactJws jws = CompactJws.parse(ItaToken.KIND, evidence.token(), ItaToken.HEADER);
      ItaToken token = ItaToken.of(jws);
      recorder.add(Check.passed("ita.format", "a compact JWS", "one", "RFC 7515 section 3.1"));
      signer.stated("ita.", jws);
      recorder.add(token.times().check("ita.times", at));
      recorder.add(
          Check.of(
              "ita.attester",
              ReasonCode.EVIDENCE_MALFORMED,
              token.attester().equals("TDX"),
              "TDX",
              token.attester(),
              SOURCE));
      byte[] held = binding(token);
      status(token);
      Claims claims = token.claims(held, at);
      Optional<SigningKeys.Found> key = signer.key(jws);
      boolean signed = key.isPresent() && signer.signed("ita.", jws, key.get());
      Expiry ends = Expiry.of(token.times().expiresAt());
      return recorder.conclude(
          signed ? Optional.of(claims) : Optional.empty(),
          List.of(),
          key.map(found -> ends.and(found.until())).orElse(ends));
    } catch (MalformedEvidenceException e) {
      return recorder.add(e.check()).conclude(List.of());
    }
  }

  /** REPORTDATA is the digest of both nonces; ours must be of 32 bytes to carry a binding. */
  private byte[] binding(ItaToken token) throws MalformedEvidenceException {
    Optional<byte[]> held = token.heldData();
    ByteArrayOutputStream hashed = new ByteArrayOutputStream();
    token.serviceNonce().orElse(List.of()).forEach(hashed::writeBytes);
    held.ifPresent(hashed::writeBytes);
    if (hashed.size() == 0) {
      recorder.add(Check.skipped("ita.report-data", "the token names no nonce", SOURCE));
      return new byte[0];
    }
    byte[] expected = Digests.sha512(hashed.toByteArray());
    byte[] found = token.reportData();
    recorder.add(
        Check.of(
            "ita.report-data",
            ReasonCode.BINDING_MISMATCH,
            Arrays.equals(expected, found),
            HexFormat.of().formatHex(expected),
            HexFormat.of().formatHex(found),
            "docs/protocol/bindings.md#ita-jwt"));
    return held.filter(bytes -> bytes.length == HELD_BYTES).orElseGet(() -> new byte[0]);
  }

  private void status(ItaToken token) throws MalformedEvidenceException {
    String status = token.tcbStatus();
    recorder.add(
        Check.of(
            "ita.tcb-status",
            ReasonCode.TCB_REVOKED,
            !status.equals(TcbStatus.REVOKED.text()),
            "any but " + TcbStatus.REVOKED + "; policy says which",
            status,
            SOURCE));
  }
}
