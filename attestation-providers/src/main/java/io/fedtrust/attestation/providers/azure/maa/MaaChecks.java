// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.maa;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.jws.CompactJws;
import io.fedtrust.attestation.providers.jws.JsonWebKeys;
import io.fedtrust.attestation.providers.token.TokenChecks;
import io.fedtrust.attestation.providers.token.TokenTimes;
import io.fedtrust.attestation.providers.token.TokenVerification;
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
 * The checks of one token, step by step
 * (docs/attestation-azure.md#tokens-of-microsoft-azure-attestation-maa-jwt-maa-cvm-jwt).
 *
 * @param form of the evidence
 * @param maximumAge after which a token is too old
 */
record MaaChecks(EvidenceForm form, Duration maximumAge) implements TokenChecks {
  private static final String SOURCE = MaaToken.KIND.source();
  private static final int DIGEST_BYTES = 32;
  private static final int PEM_LINE = 64;

  @Override
  public Optional<Claims> check(Evidence evidence, TokenVerification verification)
      throws MalformedEvidenceException {
    CompactJws jws = MaaToken.jws(evidence);
    MaaToken token = MaaToken.of(form, jws);
    verification.add(Check.passed("maa.format", "a compact JWS", "one", "RFC 7515 section 3.1"));
    verification.stated("", jws);
    Optional<String> keysAt = jws.header().findText("jku");
    if (keysAt.isPresent()) {
      verification.equal(
          "key-address",
          ReasonCode.ISSUER_UNKNOWN,
          token.issuer() + MaaToken.SERVICE.keysPath(),
          keysAt.get());
    }
    verification.valid("", token.times());
    age(token.times(), verification);
    verification.equal("version", ReasonCode.EVIDENCE_MALFORMED, "1.0", token.version());
    type(token, verification);
    byte[] hash = binding(token, verification);
    Claims claims = token.claims(hash);
    return verification.signed("", jws, key -> isNamedByKey(key, verification))
        ? Optional.of(claims)
        : Optional.empty();
  }

  /** The service's tokens are valid for hours, which is long for an admission. */
  private void age(TokenTimes times, TokenVerification verification) {
    Instant end = times.issuedAt().plus(maximumAge);
    verification.expiresBy(end);
    verification.add(
        Check.of(
            "maa.age",
            ReasonCode.EVIDENCE_TOO_OLD,
            verification.at().isBefore(end),
            "issued less than "
                + maximumAge
                + " before "
                + verification.at().truncatedTo(ChronoUnit.SECONDS),
            times.issuedAt(),
            "RFC 7519 section 4.1.6"));
  }

  private void type(MaaToken token, TokenVerification verification)
      throws MalformedEvidenceException {
    boolean machine = form.equals(EvidenceForm.MAA_CVM_JWT);
    verification.equal(
        "attestation-type",
        ReasonCode.EVIDENCE_MALFORMED,
        machine ? "azurevm" : "sevsnpvm",
        token.type());
    if (machine) {
      List<String> known = List.of("sevsnpvm", "tdxvm");
      verification.add(
          Check.of(
              "maa.isolation-tee",
              ReasonCode.EVIDENCE_MALFORMED,
              known.contains(token.tee()),
              "one of " + known,
              token.tee(),
              SOURCE));
    }
  }

  /** For a container group, the runtime data can be rebuilt and compared with the report. */
  private byte[] binding(MaaToken token, TokenVerification verification)
      throws MalformedEvidenceException {
    Optional<byte[]> hash = token.hash();
    if (hash.isEmpty()) {
      verification.add(
          Check.skipped(
              "maa.runtime", "the token carries no challenge", "docs/protocol/bindings.md#forms"));
      return new byte[0];
    }
    if (form.equals(EvidenceForm.MAA_JWT)) {
      byte[] expected = RuntimeData.reportData(RuntimeData.of(hash.get()));
      byte[] found = token.reportData();
      verification.add(
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
   * The service names its own keys by the digest of their PEM and a NUL; other names are allowed. A
   * key whose name is another digest was added by someone else, so it counts as absent.
   */
  private static boolean isNamedByKey(JsonWebKeys.Key key, TokenVerification verification) {
    if (!isDigest(key.id())) {
      return true;
    }
    String expected = Base64.getEncoder().encodeToString(Digests.sha256Bytes(pem(key.publicKey())));
    boolean good = expected.equals(key.id());
    verification.add(
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
