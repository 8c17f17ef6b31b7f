// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.ita;

import io.fedtrust.attestation.model.ClaimValue.Flag;
import io.fedtrust.attestation.model.ClaimValue.Octets;
import io.fedtrust.attestation.model.ClaimValue.Text;
import io.fedtrust.attestation.model.ClaimValue.Texts;
import io.fedtrust.attestation.model.ClaimValue.Whole;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.ByteReader;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.jws.CompactJws;
import io.fedtrust.attestation.providers.tdx.format.TdAttributes;
import io.fedtrust.attestation.providers.tdx.format.TdxClaimNames;
import io.fedtrust.attestation.providers.tdx.format.Xfam;
import io.fedtrust.attestation.providers.token.TokenService;
import io.fedtrust.attestation.providers.token.TokenTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The content of a token. Version 1 has the TDX claims next to the others; version 2 has them in a
 * separate object. Claims of one level are never used as those of another (Intel Trust Authority,
 * attestation token).
 */
final class ItaToken {
  static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "ita.format", ReasonCode.EVIDENCE_MALFORMED, "Intel Trust Authority, attestation token");

  /** The description of Intel Trust Authority. */
  static final TokenService SERVICE =
      new TokenService("ita", KIND, ItaVerifier.ALGORITHMS, ItaItems.KEYS, "/certs", ItaToken::jws);

  /** Members of a header. {@code jku} is allowed, but never followed. */
  private static final Set<String> HEADER = Set.of("alg", "kid", "typ", "jku");

  private static final int MAX_IDS = 64;
  private static final int MAX_HELD_CHARACTERS = 1 << 16;

  /** Claims of bytes, with their lengths; tokens name them with underscores. */
  private static final List<Map.Entry<String, Integer>> OCTETS =
      List.of(
          Map.entry(TdxClaimNames.TEE_TCB_SVN, 16),
          Map.entry(TdxClaimNames.MRSEAM, 48),
          Map.entry(TdxClaimNames.MRSIGNERSEAM, 48),
          Map.entry(TdxClaimNames.SEAM_ATTRIBUTES, 8),
          Map.entry(TdxClaimNames.TD_ATTRIBUTES, 8),
          Map.entry(TdxClaimNames.XFAM, 8),
          Map.entry(TdxClaimNames.MRTD, 48),
          Map.entry(TdxClaimNames.MRCONFIGID, 48),
          Map.entry(TdxClaimNames.MROWNER, 48),
          Map.entry(TdxClaimNames.MROWNERCONFIG, 48),
          Map.entry(TdxClaimNames.RTMR0, 48),
          Map.entry(TdxClaimNames.RTMR1, 48),
          Map.entry(TdxClaimNames.RTMR2, 48),
          Map.entry(TdxClaimNames.RTMR3, 48),
          Map.entry(TdxClaimNames.REPORT_DATA, 64));

  private final CompactJws jws;
  private final JsonObject common;
  private final JsonObject tdx;

  private ItaToken(CompactJws jws, JsonObject common, JsonObject tdx) {
    this.jws = jws;
    this.common = common;
    this.tdx = tdx;
  }

  static CompactJws jws(Evidence evidence) throws MalformedEvidenceException {
    return jws(evidence.token());
  }

  static CompactJws jws(String token) throws MalformedEvidenceException {
    return CompactJws.parse(KIND, token, HEADER);
  }

  static ItaToken of(CompactJws token) throws MalformedEvidenceException {
    JsonObject payload = token.payload();
    return new ItaToken(
        token, payload, payload.text("ver").startsWith("1.") ? payload : payload.object("tdx"));
  }

  String issuer() throws MalformedEvidenceException {
    return common.text("iss");
  }

  TokenTimes times() throws MalformedEvidenceException {
    return TokenTimes.of(common);
  }

  String attester() throws MalformedEvidenceException {
    return tdx.text("attester_type");
  }

  String tcbStatus() throws MalformedEvidenceException {
    return tdx.text("attester_tcb_status");
  }

  byte[] reportData() throws MalformedEvidenceException {
    return tdx.hex("tdx_report_data", 64);
  }

  /** The data that the attester supplied. */
  Optional<byte[]> heldData() throws MalformedEvidenceException {
    Optional<String> text = tdx.findText("attester_held_data");
    return text.isPresent() ? Optional.of(base64(tdx, "attester_held_data")) : Optional.empty();
  }

  /** The nonce that the service supplied: value and time, as they were hashed. */
  Optional<List<byte[]>> serviceNonce() throws MalformedEvidenceException {
    JsonObject holder = tdx.has("verifier_nonce") ? tdx : common;
    if (!holder.has("verifier_nonce")) {
      return Optional.empty();
    }
    JsonObject nonce = holder.object("verifier_nonce");
    return Optional.of(List.of(base64(nonce, "val"), base64(nonce, "iat")));
  }

  /** The service's own nonce; without one, the data that the attester supplied. */
  private byte[] nonce() throws MalformedEvidenceException {
    Optional<List<byte[]>> ofService = serviceNonce();
    return ofService.isPresent() ? ofService.get().get(0) : heldData().orElseGet(() -> new byte[0]);
  }

  private static byte[] base64(JsonObject holder, String name) throws MalformedEvidenceException {
    String text = holder.text(name);
    try {
      if (text.length() <= MAX_HELD_CHARACTERS) {
        return Base64.getDecoder().decode(text);
      }
    } catch (IllegalArgumentException e) {
      throw KIND.refused(name + " in base64", "other characters");
    }
    throw KIND.refused(name + " of a bounded size", text.length());
  }

  /** Returns the claims, with the names that the claims of quotes have. */
  Claims claims(byte[] boundData, Instant at) throws MalformedEvidenceException {
    Claims.Builder claims =
        Claims.of(EvidenceForm.ITA_JWT, tdx.hexText("tdx_mrtd", 48), boundData)
            .signedContent(jws.signingInput())
            .nonce(nonce())
            .expiresAt(times().expiresAt());
    for (Map.Entry<String, Integer> octets : OCTETS) {
      claims.put(
          octets.getKey(),
          new Octets(tdx.hexText("tdx_" + octets.getKey().replace('-', '_'), octets.getValue())));
    }
    long attributeBits = new ByteReader(tdx.hex("tdx_td_attributes", 8)).u64(0);
    TdAttributes attributes = new TdAttributes(attributeBits);
    Xfam xfam = new Xfam(new ByteReader(tdx.hex("tdx_xfam", 8)).u64(0));
    boolean debuggable = tdx.flag("tdx_is_debuggable");
    if (debuggable != attributes.isDebugAllowed()) {
      throw KIND.refused("tdx_is_debuggable " + attributes.isDebugAllowed(), debuggable);
    }
    attributes.claim(claims);
    claims.put(
        TdxClaimNames.RESERVED_BITS,
        new Flag(attributes.hasReservedBits() || xfam.hasReservedBits()));
    claims.put(TdxClaimNames.TCB_STATUS, new Text(tcbStatus()));
    if (tdx.has("attester_tcb_date")) {
      Instant date = tdx.instant("attester_tcb_date");
      claims.put(TdxClaimNames.TCB_DATE, new Text(date.toString()));
      claims.put(
          TdxClaimNames.TCB_AGE_DAYS, new Whole(Math.max(0, Duration.between(date, at).toDays())));
    }
    if (tdx.has("attester_advisory_ids")) {
      claims.put(
          TdxClaimNames.ADVISORY_IDS, new Texts(tdx.texts("attester_advisory_ids", MAX_IDS)));
    }
    claims.put(TdxClaimNames.POLICIES_MATCHED, new Texts(policies("policy_ids_matched")));
    claims.put(TdxClaimNames.POLICIES_UNMATCHED, new Texts(policies("policy_ids_unmatched")));
    claims.put(TdxClaimNames.ISSUER, new Text(issuer()));
    claims.put(TdxClaimNames.ISSUED_AT, new Text(times().issuedAt().toString()));
    claims.put(TdxClaimNames.TOKEN_ID, common.findText("jti").map(Text::new));
    return claims.build();
  }

  private List<String> policies(String name) throws MalformedEvidenceException {
    List<String> ids = new ArrayList<>();
    if (common.has(name)) {
      for (JsonObject policy : common.objects(name, MAX_IDS)) {
        ids.add(policy.text("id"));
      }
    }
    return ids;
  }
}
