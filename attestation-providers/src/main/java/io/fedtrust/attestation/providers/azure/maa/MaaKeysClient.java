// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.maa;

import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.providers.collateral.FetchSettings;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.token.TokenKeysFetcher;
import java.net.URI;

/**
 * Fetches the keys of one instance of Microsoft Azure Attestation, again when they are a day old or
 * a token names another key, but for that reason at most once a minute. An address in a token is
 * not followed. The keys are trusted as far as the certificate of the address is, and verdicts say
 * so; to trust less, pin keys in the verifier.
 */
public final class MaaKeysClient {
  private final TokenKeysFetcher fetcher;

  private MaaKeysClient(Builder parts, FetchSettings settings) {
    this.fetcher =
        new TokenKeysFetcher(
            MaaToken.SERVICE, MaaItems.subject(parts.instance), parts.instance, settings);
  }

  /**
   * Starts a client.
   *
   * @param instance address, for example {@code https://sharedeus2.eus2.attest.azure.net}
   * @return a builder
   * @throws IllegalArgumentException as {@link MaaItems#instance} says
   */
  public static Builder builder(String instance) {
    return new Builder(MaaItems.instance(instance));
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
    private final String instance;

    private Builder(String instance) {
      super(URI.create(instance));
      this.instance = instance;
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Builds the client.
     *
     * @return the client
     */
    public MaaKeysClient build() {
      return new MaaKeysClient(this, settings());
    }
  }
}
