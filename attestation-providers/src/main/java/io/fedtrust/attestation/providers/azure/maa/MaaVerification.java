// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.maa;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.checks.Expiry;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.jws.CompactJws;
import io.fedtrust.attestation.providers.jws.JsonWebKeys;
import io.fedtrust.attestation.providers.jws.SigningKeys;
import io.fedtrust.attestation.providers.jws.TokenSigner;
import io.fedtrust.attestation.providers.jws.TokenTimes;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * One authentication of one token, step by step
 * (docs/attestation-azure.md#tokens-of-microsoft-azure-attestation-maa-jwt-maa-cvm-jwt).
 */
final class MaaVerification {
  private static final String SOURCE = "Microsoft Azure Attestation, claim sets";
  private static final int DIGEST_BYTES = 32;
  private static final int PEM_LINE = 64;

  private final Evidence evidence;
  private final Instant at;
  private final Accepted accepted;
  private final CheckRecorder recorder = new CheckRecorder();
  private final TokenSigner signer;

  /** What a verifier accepts. */
  record Accepted(EvidenceForm form, TokenSigner.Accepted tokens, Duration maximumAge) {}

  MaaVerification(
      Evidence evidence, Collateral collateral, Instant at, Accepted accepted, SigningKeys keys) {
    this.evidence = evidence;
    this.at = at;
    this.accepted = accepted;
    this.signer = new TokenSigner(keys, accepted.tokens(), collateral, at, recorder);
  }

  EvidenceVerification run() {
    try {
      CompactJws jws = MaaToken.jws(evidence);
      MaaToken token = MaaToken.of(accepted.form(), jws);
      recorder.add(Check.passed("maa.format", "a compact JWS", "one", "RFC 7515 section 3.1"));
      signer.stated("maa.", jws);
      Optional<String> keysAt = jws.header().findText("jku");
      if (keysAt.isPresent()) {
        add("key-address", ReasonCode.ISSUER_UNKNOWN, token.issuer() + "/certs", keysAt.get());
      }
      TokenTimes times = token.times();
      recorder.add(times.check("maa.times", at));
      age(times);
      add("version", ReasonCode.EVIDENCE_MALFORMED, "1.0", token.version());
      type(token);
      byte[] hash = binding(token);
      Claims claims = token.claims(hash);
      Optional<SigningKeys.Found> key =
          signer.key(jws).map(found -> isNamedByKey(found.key()) ? found : found.unpinned());
      boolean signed = key.isPresent() && signer.signed("maa.", jws, key.get());
      Expiry ends = Expiry.of(times.expiresAt()).and(times.issuedAt().plus(accepted.maximumAge()));
      return recorder.conclude(
          signed ? Optional.of(claims) : Optional.empty(),
          List.of(),
          key.map(found -> ends.and(found.until())).orElse(ends));
    } catch (MalformedEvidenceException e) {
      return recorder.add(e.check()).conclude(List.of());
    }
  }

  private void add(String name, ReasonCode code, String expected, String actual) {
    recorder.add(Check.of("maa." + name, code, expected.equals(actual), expected, actual, SOURCE));
  }

  /** A service lets its tokens live for hours, which is long for an admission. */
  private void age(TokenTimes times) {
    recorder.add(
        Check.of(
            "maa.age",
            ReasonCode.EVIDENCE_TOO_OLD,
            at.isBefore(times.issuedAt().plus(accepted.maximumAge())),
            "issued less than "
                + accepted.maximumAge()
                + " before "
                + at.truncatedTo(ChronoUnit.SECONDS),
            times.issuedAt(),
            "RFC 7519 section 4.1.6"));
  }

  private void type(MaaToken token) throws MalformedEvidenceException {
    boolean machine = accepted.form() == EvidenceForm.MAA_CVM_JWT;
    add(
        "attestation-type",
        ReasonCode.EVIDENCE_MALFORMED,
        machine ? "azurevm" : "sevsnpvm",
        token.type());
    if (machine) {
      List<String> known = List.of("sevsnpvm", "tdxvm");
      recorder.add(
          Check.of(
              "maa.isolation-tee",
              ReasonCode.EVIDENCE_MALFORMED,
              known.contains(token.tee()),
              "one of " + known,
              token.tee(),
              SOURCE));
    }
  }

  /** Of a container group the runtime data can be written again, so its digest is held against. */
  private byte[] binding(MaaToken token) throws MalformedEvidenceException {
    Optional<byte[]> hash = token.hash();
    if (hash.isEmpty()) {
      recorder.add(
          Check.skipped(
              "maa.runtime", "the token carries no challenge", "docs/protocol/bindings.md#forms"));
      return new byte[0];
    }
    if (accepted.form() == EvidenceForm.MAA_JWT) {
      byte[] expected = RuntimeData.reportData(RuntimeData.of(hash.get()));
      byte[] found = token.reportData();
      recorder.add(
          Check.of(
              "maa.report-data",
              ReasonCode.BINDING_MISMATCH,
              Arrays.equals(expected, found),
              HexFormat.of().formatHex(expected),
              HexFormat.of().formatHex(found),
              "docs/protocol/bindings.md#maa-jwt"));
    }
    return hash.get();
  }

  /**
   * The service names its own keys after their bytes, in PEM with a NUL behind; others need not. A
   * key under another name was put there by somebody else, so it counts as absent.
   */
  private boolean isNamedByKey(JsonWebKeys.Key key) {
    if (!isDigest(key.id())) {
      return true;
    }
    String expected = Base64.getEncoder().encodeToString(Digests.sha256Bytes(pem(key.publicKey())));
    boolean good = expected.equals(key.id());
    recorder.add(
        good
            ? Check.passed("maa.key-id", expected, key.id(), SOURCE)
            : Check.missing(
                "maa.key-id", ReasonCode.COLLATERAL_UNAVAILABLE, expected, key.id(), SOURCE));
    return good;
  }

  private static boolean isDigest(String id) {
    try {
      return id.endsWith("=") && Base64.getDecoder().decode(id).length == DIGEST_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static byte[] pem(PublicKey key) {
    return ("-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'}).encodeToString(key.getEncoded())
            + "\n-----END PUBLIC KEY-----\n\0")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
