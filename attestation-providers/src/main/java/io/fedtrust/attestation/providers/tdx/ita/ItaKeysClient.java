// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.ita;

import io.fedtrust.attestation.AttestationException;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.FetchSettings;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.fetch.CollateralFetcher;
import io.fedtrust.attestation.providers.fetch.Want;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Fetches the keys of Intel Trust Authority, and again when they are a day old. They are trusted as
 * far as the certificate of the address is, and verdicts say so; pin them in the verifier for more.
 */
public final class ItaKeysClient {
  /** Intel's own service. */
  public static final URI INTEL = URI.create("https://portal.trustauthority.intel.com");

  private static final int MAX_BYTES = 1 << 20;
  private static final Duration LIFE = Duration.ofDays(7);

  private final URI uri;
  private final String issuer;
  private final CollateralFetcher fetcher;

  private ItaKeysClient(Builder parts, FetchSettings settings) {
    this.uri = URI.create(settings.base().toString().replaceFirst("/+$", "") + "/certs");
    this.issuer = parts.issuer;
    this.fetcher = new CollateralFetcher(settings);
  }

  /**
   * Starts a client.
   *
   * @return a builder for Intel's own service
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Gets the keys.
   *
   * @return one item, or why there is none; an older one while the service cannot be asked
   */
  public FetchedCollateral fetch() {
    CollateralFetcher.Basket basket = fetcher.basket();
    basket.get(
        Want.one(
            ItaItems.KEYS,
            ItaItems.INTEL,
            uri,
            MAX_BYTES,
            (answer, now) -> List.of(entry(answer.body(), now))));
    return basket.fetched();
  }

  private CollateralEntry entry(byte[] jwks, Instant now) throws IOException {
    ServiceKeys.Trust trust =
        "https".equals(uri.getScheme()) ? ServiceKeys.Trust.WEB_PKI : ServiceKeys.Trust.CONFIGURED;
    try {
      return new CollateralEntry(
          ServiceKeys.of(issuer, now.plus(LIFE), trust, jwks).item(ItaItems.KEYS, ItaItems.INTEL),
          uri.toString(),
          now,
          Optional.of(now),
          Optional.of(now.plus(LIFE)));
    } catch (AttestationException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Collects the options of a client. */
  public static final class Builder extends FetchSettings.Builder<Builder> {
    private String issuer = ItaItems.ISSUER;

    private Builder() {
      super(INTEL);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Says whose keys they are.
     *
     * @param name as tokens have it in {@code iss}
     * @return this builder
     */
    public Builder issuer(String name) {
      this.issuer = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Builds the client.
     *
     * @return the client
     */
    public ItaKeysClient build() {
      return new ItaKeysClient(this, settings());
    }
  }
}
