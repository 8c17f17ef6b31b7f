// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.token;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.FetchSettings;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.fetch.CollateralFetcher;
import io.fedtrust.attestation.providers.fetch.FetchRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Fetches the keys of a service that signs tokens: again when they are old, and when a token names
 * a key that is not among them, but then at most once a minute. They are trusted as far as the
 * certificate of the address is, and verdicts say so.
 */
public final class TokenKeysFetcher {
  private static final int MAX_BYTES = 1 << 20;
  private static final Duration LIFE = Duration.ofDays(7);

  private final TokenService service;
  private final String subject;
  private final String issuer;
  private final URI uri;
  private final CollateralFetcher fetcher;

  /**
   * Creates a fetcher.
   *
   * @param service whose keys are fetched
   * @param subject of the item with the keys
   * @param issuer name of the service in {@code iss} of its tokens
   * @param settings of the client
   */
  public TokenKeysFetcher(
      TokenService service, String subject, String issuer, FetchSettings settings) {
    this.service = service;
    this.subject = subject;
    this.issuer = issuer;
    this.uri = URI.create(settings.base().toString().replaceFirst("/+$", "") + service.keysPath());
    this.fetcher = new CollateralFetcher(settings);
  }

  /** Returns the keys; the key that the evidence names is among them, if the service has it. */
  public FetchedCollateral fetch(Evidence evidence) {
    Optional<String> kid = kid(evidence);
    CollateralFetcher.Session session = fetcher.session();
    session.get(
        FetchRequest.one(
                service.keys(),
                subject,
                uri,
                MAX_BYTES,
                (answer, now) -> List.of(entry(answer.body(), now)))
            .refreshedIf(entries -> kid.isPresent() && !names(entries.get(0), kid.get())));
    return session.fetched();
  }

  /** Malformed evidence names no key; the verifier refuses it. */
  private Optional<String> kid(Evidence evidence) {
    try {
      return service.reader().read(evidence).header().findText("kid");
    } catch (MalformedEvidenceException e) {
      return Optional.empty();
    }
  }

  private static boolean names(CollateralEntry entry, String kid) {
    return ServiceKeys.read(entry.item().bytes()).jwks().get("keys") instanceof List<?> keys
        && keys.stream()
            .anyMatch(key -> key instanceof Map<?, ?> one && Objects.equals(one.get("kid"), kid));
  }

  private CollateralEntry entry(byte[] jwks, Instant now) throws IOException {
    ServiceKeys.Trust trust =
        "https".equals(uri.getScheme()) ? ServiceKeys.Trust.WEB_PKI : ServiceKeys.Trust.CONFIGURED;
    try {
      return new CollateralEntry(
          ServiceKeys.of(issuer, now.plus(LIFE), trust, jwks).item(service.keys(), subject),
          uri.toString(),
          now,
          Optional.of(now),
          Optional.of(now.plus(LIFE)));
    } catch (AttestationException e) {
      throw new UnreadableException(ReadableFailure.textOf(e), e);
    }
  }
}
