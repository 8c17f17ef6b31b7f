// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.nras;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.jws.CompactJws;
import io.fedtrust.attestation.providers.token.TokenService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The service's response: an overall token, and one for each device, {@code [["JWT", overall],
 * {"GPU-0": token}]}; or the same in the wrapper of NVFlare's GPU authorizer
 * (docs/attestation-gpu.md#nvidias-remote-attestation-service). The wrapper is signed with a
 * publicly known key, and its own claims are the attester's: both are ignored.
 *
 * @param overall for all devices
 * @param devices by name
 */
record NrasBundle(CompactJws overall, SortedMap<String, CompactJws> devices) {
  static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "nras.format",
          ReasonCode.EVIDENCE_MALFORMED,
          "NVIDIA Remote Attestation Service, detached EAT bundle");

  /** The description of NVIDIA's remote attestation service. */
  static final TokenService SERVICE =
      new TokenService(
          "nras",
          KIND,
          Set.of("ES384"),
          NrasItems.KEYS,
          "/.well-known/jwks.json",
          evidence -> parse(evidence.token()).overall());

  private static final Set<String> HEADER = Set.of("alg", "kid", "typ");
  private static final Pattern DEVICE = Pattern.compile("(GPU|SWITCH)-(0|[1-9]\\d?)");
  private static final String JWT = "JWT";
  private static final String REMOTE = "REMOTE_GPU_CLAIMS";
  private static final int MAX_BYTES = 1 << 20;

  /** NVFlare's toolkit signs its wrapper with it; it is no secret and protects nothing. */
  private static final String PUBLIC_KEY_OF_ALL = "notasecret";

  /** Copies the map. */
  NrasBundle {
    devices = Collections.unmodifiableSortedMap(new TreeMap<>(devices));
  }

  static NrasBundle parse(String token) throws MalformedEvidenceException {
    try {
      List<@Nullable Object> list = StrictJson.readList(token, MAX_BYTES);
      return of(unwrapped(list));
    } catch (IOException e) {
      throw KIND.refused("a detached EAT bundle in JSON", ReadableFailure.textOf(e));
    }
  }

  private static List<?> unwrapped(List<?> list) throws MalformedEvidenceException {
    if (list.size() == 2 && list.get(1) instanceof Map<?, ?> claims && claims.containsKey(REMOTE)) {
      if (claims.size() == 1 && claims.get(REMOTE) instanceof List<?> inner) {
        return inner;
      }
      throw KIND.refused("nothing but " + REMOTE, claims.keySet());
    }
    return list;
  }

  private static NrasBundle of(List<?> bundle) throws MalformedEvidenceException {
    if (bundle.size() != 2
        || !(bundle.get(0) instanceof List<?> overall)
        || overall.size() != 2
        || !JWT.equals(overall.get(0))
        || !(overall.get(1) instanceof String compact)
        || !(bundle.get(1) instanceof Map<?, ?> tokens)
        || tokens.isEmpty()) {
      throw KIND.refused("[[\"JWT\", token], {device: token}]", "another shape");
    }
    SortedMap<String, CompactJws> devices = new TreeMap<>();
    for (Map.Entry<?, ?> token : tokens.entrySet()) {
      String name = String.valueOf(token.getKey());
      if (!DEVICE.matcher(name).matches() || !(token.getValue() instanceof String text)) {
        throw KIND.refused("tokens of GPU-n and SWITCH-n", name);
      }
      devices.put(name, CompactJws.parse(KIND, text, HEADER));
    }
    return new NrasBundle(CompactJws.parse(KIND, compact, HEADER), devices);
  }

  /**
   * Writes a bundle in the wrapper of NVFlare's GPU authorizer.
   *
   * @param bundle the service's answer
   * @return JSON
   * @throws MalformedEvidenceException if the answer is of another shape
   */
  static String peerToken(String bundle) throws MalformedEvidenceException {
    parse(bundle);
    try {
      List<@Nullable Object> inner = StrictJson.readList(bundle, MAX_BYTES);
      return StrictJson.writeLine(List.of(List.of(JWT, wrapper()), Map.of(REMOTE, inner)));
    } catch (IOException e) {
      throw KIND.refused("a detached EAT bundle in JSON", ReadableFailure.textOf(e));
    }
  }

  private static String wrapper() {
    String input =
        part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")
            + "."
            + part("{\"iss\":\"NV-Attestation-SDK\"}");
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(PUBLIC_KEY_OF_ALL.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
      return input
          + "."
          + Base64Text.encodeUrl(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static String part(String json) {
    return Base64Text.encodeUrl(json.getBytes(StandardCharsets.UTF_8));
  }
}
