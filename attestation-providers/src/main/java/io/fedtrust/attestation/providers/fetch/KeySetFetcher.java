// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.fetch;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.FetchSettings;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
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
 * one that is not among them, but then at most once a minute. They are trusted as far as the
 * certificate of the address is, and verdicts say so.
 */
public final class KeySetFetcher {
  private static final int MAX_BYTES = 1 << 20;
  private static final Duration LIFE = Duration.ofDays(7);

  private final FetchRequest.Name name;
  private final String issuer;
  private final URI uri;
  private final CollateralFetcher fetcher;

  /**
   * Fetches from a place of a service.
   *
   * @param name of the item with the keys
   * @param issuer whose keys they are
   * @param path below the service's address
   * @param settings of the client
   */
  public KeySetFetcher(FetchRequest.Name name, String issuer, String path, FetchSettings settings) {
    this.name = name;
    this.issuer = issuer;
    this.uri = URI.create(settings.base().toString().replaceFirst("/+$", "") + path);
    this.fetcher = new CollateralFetcher(settings);
  }

  /** Gets the keys; one of them is this one, or it is none of the service's. */
  public FetchedCollateral fetch(Optional<String> kid) {
    CollateralFetcher.Basket basket = fetcher.basket();
    basket.get(
        FetchRequest.one(
                name.kind(),
                name.subject(),
                uri,
                MAX_BYTES,
                (answer, now) -> List.of(entry(answer.body(), now)))
            .unless(entries -> kid.isPresent() && !names(entries.get(0), kid.get())));
    return basket.fetched();
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
          ServiceKeys.of(issuer, now.plus(LIFE), trust, jwks).item(name.kind(), name.subject()),
          uri.toString(),
          now,
          Optional.of(now),
          Optional.of(now.plus(LIFE)));
    } catch (AttestationException e) {
      throw new UnreadableException(ReadableFailure.textOf(e), e);
    }
  }
}
