// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.ita;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.token.TokenRequests;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Requests a token for this machine's quote from Intel Trust Authority, over its REST interface:
 * the service's nonce, a quote over the digest of that nonce and the binding, the token.
 */
public final class ItaCollector implements EvidenceCollector {
  /** Intel's own service. */
  public static final URI INTEL = URI.create("https://api.trustauthority.intel.com");

  private static final int MAX_BYTES = 256 << 10;

  private final TokenRequests requests = new TokenRequests(MAX_BYTES);
  private final Quotes quotes;
  private final Supplier<String> apiKey;
  private final String api;
  private final List<String> policyIds;

  private ItaCollector(Quotes quotes, Supplier<String> apiKey, URI api, List<String> policyIds) {
    this.quotes = quotes;
    this.apiKey = apiKey;
    this.api = TokenRequests.base(api);
    this.policyIds = policyIds;
  }

  /** Makes quotes, for example {@code TdxCollector.ofThisMachine()::quote}. */
  @FunctionalInterface
  public interface Quotes {
    /**
     * Makes a quote.
     *
     * @param reportData 64 bytes
     * @param deadline by which the quote is needed
     * @return the quote
     */
    byte[] quote(byte[] reportData, Deadline deadline);
  }

  /**
   * Uses Intel's own service.
   *
   * @param quotes of this machine
   * @param apiKey returns the key of the project's account, for each request; the key is sent only
   *     to the service
   * @return a collector
   */
  public static ItaCollector of(Quotes quotes, Supplier<String> apiKey) {
    return new ItaCollector(
        Objects.requireNonNull(quotes, "quotes"),
        Objects.requireNonNull(apiKey, "apiKey"),
        INTEL,
        List.of());
  }

  /**
   * Uses another service, for example that of another region.
   *
   * @param uri its address
   * @return a collector of it
   */
  public ItaCollector service(URI uri) {
    return new ItaCollector(quotes, apiKey, uri, policyIds);
  }

  /**
   * Requests that the service matches policies.
   *
   * @param ids of the account's policies
   * @return a collector whose tokens name them as matched or not
   */
  public ItaCollector policies(List<String> ids) {
    return new ItaCollector(quotes, apiKey, URI.create(api), List.copyOf(ids));
  }

  @Override
  public EvidenceForm form() {
    return EvidenceForm.ITA_JWT;
  }

  @Override
  public Evidence collect(Binding binding, Deadline deadline) {
    if (!binding.form().equals(EvidenceForm.ITA_JWT)) {
      throw new IllegalArgumentException(
          "form: expected " + EvidenceForm.ITA_JWT + ", was " + binding.form());
    }
    try {
      URI nonce = URI.create(api + "/appraisal/v2/nonce");
      JsonObject given = read(requests.get(nonce, headers(), deadline));
      byte[] quote = quotes.quote(reportData(given, binding.hash()), deadline);
      return Evidence.of(EvidenceForm.ITA_JWT, token(request(given, quote, binding), deadline));
    } catch (IOException | MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.COLLECTION_FAILED, api, e);
    }
  }

  private Map<String, String> headers() {
    return Map.of("x-api-key", apiKey.get(), "Accept", "application/json");
  }

  private static JsonObject read(byte[] body) throws MalformedEvidenceException {
    return JsonObject.read(ItaToken.KIND, body, MAX_BYTES);
  }

  private static byte[] reportData(JsonObject nonce, byte[] held)
      throws MalformedEvidenceException {
    ByteArrayOutputStream hashed = new ByteArrayOutputStream();
    for (String part : List.of("val", "iat")) {
      try {
        hashed.writeBytes(Base64.getDecoder().decode(nonce.text(part)));
      } catch (IllegalArgumentException e) {
        throw ItaToken.KIND.refused("a nonce in base64", "other characters");
      }
    }
    hashed.writeBytes(held);
    return Digests.sha512(hashed.toByteArray());
  }

  private byte[] request(JsonObject nonce, byte[] quote, Binding binding)
      throws MalformedEvidenceException {
    Map<String, Object> given = new LinkedHashMap<>();
    for (String part : List.of("val", "iat", "signature")) {
      given.put(part, nonce.text(part));
    }
    Map<String, Object> tdx = new LinkedHashMap<>();
    tdx.put("quote", Base64.getEncoder().encodeToString(quote));
    tdx.put("runtime_data", Base64.getEncoder().encodeToString(binding.hash()));
    tdx.put("verifier_nonce", given);
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("tdx", tdx);
    request.put("token_signing_alg", "PS384");
    request.put("policy_ids", new ArrayList<>(policyIds));
    request.put("policy_must_match", false);
    return StrictJson.writeLine(request).getBytes(StandardCharsets.UTF_8);
  }

  private String token(byte[] request, Deadline deadline)
      throws IOException, MalformedEvidenceException {
    URI attest = URI.create(api + "/appraisal/v2/attest");
    String token = read(requests.post(attest, headers(), request, deadline)).text("token");
    return ItaToken.jws(token).text();
  }
}
