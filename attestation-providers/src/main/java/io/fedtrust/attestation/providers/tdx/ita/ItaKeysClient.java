// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.ita;

import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.providers.collateral.FetchSettings;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.token.TokenKeysFetcher;
import java.net.URI;
import java.util.Objects;

/**
 * Fetches the keys of Intel Trust Authority, again when they are a day old or a token names another
 * key, but for that reason at most once a minute. The keys are trusted as far as the certificate of
 * the address is, and verdicts say so; to trust less, pin keys in the verifier.
 */
public final class ItaKeysClient {
  /** Intel's own service. */
  public static final URI INTEL = URI.create("https://portal.trustauthority.intel.com");

  private final TokenKeysFetcher fetcher;

  private ItaKeysClient(Builder parts, FetchSettings settings) {
    this.fetcher = new TokenKeysFetcher(ItaToken.SERVICE, ItaItems.INTEL, parts.issuer, settings);
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
   * Returns the keys.
   *
   * @param evidence that names a key
   * @return one item, or the reason why it is missing; an older one while the service is not
   *     available
   */
  public FetchedCollateral fetch(Evidence evidence) {
    return fetcher.fetch(evidence);
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
     * Sets the issuer of the keys.
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
