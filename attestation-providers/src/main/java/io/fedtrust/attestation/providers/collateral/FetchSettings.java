// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The settings for requests to a vendor's service.
 *
 * @param base address of the service or a mirror, http or https
 * @param offline whether no request is ever sent
 * @param listLife how long an item that expires is used before a newer one is requested
 * @param timeout how long one request may take as a whole
 * @param clock tells the time
 * @param folder where what is fetched is kept on disk, if anywhere
 * @param tls trust store for the service; empty for the JVM's own
 */
public record FetchSettings(
    URI base,
    boolean offline,
    Duration listLife,
    Duration timeout,
    Clock clock,
    Optional<CollateralFolder> folder,
    Optional<SSLContext> tls) {

  /**
   * Collects the settings of a client.
   *
   * @param <B> the builder of that client
   */
  public abstract static class Builder<B extends Builder<B>> {
    private URI base;
    private boolean offline;
    private Duration listLife = Duration.ofDays(1);
    private Duration timeout = Duration.ofSeconds(30);
    private Clock clock = Clock.systemUTC();
    private Optional<CollateralFolder> folder = Optional.empty();
    private Optional<SSLContext> tls = Optional.empty();

    /**
     * Starts with a service, online, without a folder.
     *
     * @param base the vendor's own service
     */
    protected Builder(URI base) {
      this.base = base;
    }

    /** {@return this builder} */
    protected abstract B self();

    /** {@return the settings that were collected} */
    protected FetchSettings settings() {
      return new FetchSettings(base, offline, listLife, timeout, clock, folder, tls);
    }

    /**
     * Uses another service, for example a mirror.
     *
     * @param uri http or https
     * @return this builder
     */
    public B base(URI uri) {
      String scheme = uri.getScheme();
      if (!"https".equals(scheme) && !"http".equals(scheme)) {
        throw new IllegalArgumentException("base: expected http or https, was " + scheme);
      }
      this.base = uri;
      return self();
    }

    /**
     * Sends no requests.
     *
     * @param never true to use only items that are already stored
     * @return this builder
     */
    public B offline(boolean never) {
      this.offline = never;
      return self();
    }

    /**
     * Keeps what is fetched on disk, and starts from what is there.
     *
     * @param place a collateral folder
     * @return this builder
     */
    public B folder(CollateralFolder place) {
      this.folder = Optional.of(place);
      return self();
    }

    /**
     * Sets how long items that expire, such as revocation lists, are used before newer ones are
     * requested.
     *
     * @param life one day by default; an item is never used after its own expiry
     * @return this builder
     */
    public B listLife(Duration life) {
      this.listLife = Objects.requireNonNull(life, "life");
      return self();
    }

    /**
     * Sets the time limit of one request.
     *
     * @param limit thirty seconds by default
     * @return this builder
     */
    public B timeout(Duration limit) {
      this.timeout = Objects.requireNonNull(limit, "limit");
      return self();
    }

    /**
     * Sets the trust store for the service, for example only certificates of one CA.
     *
     * @param context for https; the JVM's default unless said otherwise
     * @return this builder
     */
    public B tls(SSLContext context) {
      this.tls = Optional.of(context);
      return self();
    }

    /**
     * Tells the time.
     *
     * @param source the system's clock unless said otherwise
     * @return this builder
     */
    public B clock(Clock source) {
      this.clock = Objects.requireNonNull(source, "clock");
      return self();
    }
  }
}
