// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How a vendor's service is asked.
 *
 * @param base address of the service or a mirror, http or https
 * @param offline whether nobody is ever asked
 * @param listLife how long what has an end is used before a newer one is asked for
 * @param timeout how long one request may take as a whole
 * @param clock tells the time
 * @param folder where what is fetched is kept on disk, if anywhere
 * @param tls whom to believe to be that service; the JVM's own choice where empty
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
     * Starts with a service, on line, without a folder.
     *
     * @param base the vendor's own service
     */
    protected Builder(URI base) {
      this.base = base;
    }

    /**
     * Returns this builder as what it is.
     *
     * @return this
     */
    protected abstract B self();

    /**
     * Returns what was collected.
     *
     * @return the settings
     */
    protected FetchSettings settings() {
      return new FetchSettings(base, offline, listLife, timeout, clock, folder, tls);
    }

    /**
     * Asks another service, for example a mirror.
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
     * Never asks anybody.
     *
     * @param never true for what is at hand only
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
     * Says how long revocation lists and whatever else has an end are used before newer ones are
     * asked for.
     *
     * @param life one day unless said otherwise; never longer than they say themselves
     * @return this builder
     */
    public B listLife(Duration life) {
      this.listLife = Objects.requireNonNull(life, "life");
      return self();
    }

    /**
     * Says how long one request may take as a whole.
     *
     * @param limit thirty seconds unless said otherwise
     * @return this builder
     */
    public B timeout(Duration limit) {
      this.timeout = Objects.requireNonNull(limit, "limit");
      return self();
    }

    /**
     * Says whom to believe to be the service, for example only holders of certificates of one CA.
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
