// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.PolicyIdentity;
import io.fedtrust.attestation.model.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one relying party accepts of every site of a federation. A site that is not named falls
 * under {@link #ANY_SITE}, if that is there; rules of the two are not mixed.
 */
public final class FederationPolicy {
  /** The rules for every site that is not named. */
  public static final String ANY_SITE = "*";

  private static final String SOURCE = "trust protocol, section 11";

  private final String id;
  private final String version;
  private final boolean reviewed;
  private final Optional<Instant> notBefore;
  private final Optional<Instant> notAfter;
  private final SortedMap<String, Map<Namespace, AppraisalRules>> sites;
  private final SortedSet<String> unattested;
  private final SortedSet<String> unbound;
  private final PolicyIdentity identity;

  private FederationPolicy(Builder parts) {
    this.id = parts.id;
    this.version = parts.version;
    this.reviewed = parts.reviewed;
    this.notBefore = Optional.ofNullable(parts.notBefore);
    this.notAfter = Optional.ofNullable(parts.notAfter);
    SortedMap<String, Map<Namespace, AppraisalRules>> copy = new TreeMap<>();
    parts.sites.forEach((site, rules) -> copy.put(site, Collections.unmodifiableMap(rules)));
    this.sites = Collections.unmodifiableSortedMap(copy);
    this.unattested = Collections.unmodifiableSortedSet(new TreeSet<>(parts.unattested));
    this.unbound = Collections.unmodifiableSortedSet(new TreeSet<>(parts.unbound));
    this.identity = new PolicyIdentity(id, version, digest(describe()));
  }

  /**
   * Starts a policy.
   *
   * @param id its name
   * @param version as its authors count
   * @return a builder
   */
  public static Builder named(String id, String version) {
    return new Builder(id, version);
  }

  /**
   * Returns which policy this is.
   *
   * @return name, version and digest over all settings
   */
  public PolicyIdentity identity() {
    return identity;
  }

  /**
   * Tells whether a person has read it.
   *
   * @return false for a draft, which accepts nothing
   */
  public boolean reviewed() {
    return reviewed;
  }

  /**
   * Returns when it begins.
   *
   * @return the first instant, or empty
   */
  public Optional<Instant> notBefore() {
    return notBefore;
  }

  /**
   * Returns when it ends.
   *
   * @return the first instant at which it accepts nothing, or empty
   */
  public Optional<Instant> notAfter() {
    return notAfter;
  }

  /**
   * Returns the rules by site and family.
   *
   * @return {@link #ANY_SITE} among the names
   */
  public SortedMap<String, Map<Namespace, AppraisalRules>> sites() {
    return sites;
  }

  /**
   * Finds the rules for a site's evidence.
   *
   * @param site its name
   * @param namespace the family
   * @return the rules, or empty: such evidence is never accepted
   */
  public Optional<AppraisalPolicy> find(String site, Namespace namespace) {
    return Optional.ofNullable(rulesOf(site).get(namespace))
        .map(rules -> new AppraisalPolicy(this, rules));
  }

  /**
   * Returns the families that a site must present, each of them.
   *
   * @param site its name
   * @return those it has rules for; none where the policy knows nothing of it
   */
  public Set<Namespace> namespaces(String site) {
    return rulesOf(site).keySet();
  }

  private Map<Namespace, AppraisalRules> rulesOf(String site) {
    return sites.getOrDefault(sites.containsKey(site) ? site : ANY_SITE, Map.of());
  }

  /**
   * Tells whether a site takes part without evidence.
   *
   * @param site its name
   * @return true only where the policy names this site so
   */
  public boolean isUnattested(String site) {
    return unattested.contains(site);
  }

  /**
   * Tells whether evidence that a site's own nonce is in counts: NVFlare's exchange, in which
   * nobody is asked (trust protocol, section 8).
   *
   * @param site its name
   * @return true only where the policy names this site so
   */
  public boolean acceptsUnbound(String site) {
    return unbound.contains(site);
  }

  /** Whether the policy itself may be used. */
  List<Check> checks(Instant at) {
    boolean valid =
        notBefore.filter(at::isBefore).isEmpty() && notAfter.map(at::isBefore).orElse(true);
    return List.of(
        Check.of(
            "policy.reviewed", ReasonCode.POLICY_NOT_REVIEWED, reviewed, true, reviewed, SOURCE),
        Check.of(
            "policy.validity",
            ReasonCode.POLICY_NOT_VALID,
            valid,
            notBefore.map(Instant::toString).orElse("any time")
                + " to "
                + notAfter.map(Instant::toString).orElse("any time"),
            at,
            SOURCE));
  }

  /**
   * Returns this policy as lines.
   *
   * @return text by path, for example {@code sites.*.x-snp.allowDebug}
   */
  public SortedMap<String, String> describe() {
    SortedMap<String, String> lines = new TreeMap<>();
    lines.put("id", id);
    lines.put("version", version);
    lines.put("reviewed", String.valueOf(reviewed));
    notBefore.ifPresent(instant -> lines.put("notBefore", instant.toString()));
    notAfter.ifPresent(instant -> lines.put("notAfter", instant.toString()));
    unattested.forEach(site -> lines.put("sites." + site + ".attestation", "none"));
    unbound.forEach(site -> lines.put("sites." + site + ".acceptUnbound", "true"));
    sites.forEach(
        (site, families) ->
            families.forEach(
                (namespace, rules) ->
                    rules
                        .describe()
                        .forEach(
                            (key, text) ->
                                lines.put("sites." + site + "." + namespace + "." + key, text))));
    return lines;
  }

  /**
   * One line that differs between two policies.
   *
   * @param path of the line
   * @param before its text, or empty where it was not there
   * @param after its text, or empty where it is gone
   */
  public record Change(String path, Optional<String> before, Optional<String> after) {
    @Override
    public String toString() {
      return path + ": " + before.orElse("(none)") + " -> " + after.orElse("(none)");
    }
  }

  /**
   * Compares with an earlier policy.
   *
   * @param earlier the other
   * @return the lines that differ, by path
   */
  public List<Change> changesSince(FederationPolicy earlier) {
    SortedMap<String, String> old = earlier.describe();
    SortedMap<String, String> now = describe();
    SortedSet<String> paths = new TreeSet<>(old.keySet());
    paths.addAll(now.keySet());
    return paths.stream()
        .map(
            path ->
                new Change(
                    path, Optional.ofNullable(old.get(path)), Optional.ofNullable(now.get(path))))
        .filter(change -> !change.before().equals(change.after()))
        .toList();
  }

  private static String digest(SortedMap<String, String> lines) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      lines.forEach(
          (path, text) ->
              List.of(path, text)
                  .forEach(
                      part -> {
                        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                        digest.update(
                            ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                        digest.update(bytes);
                      }));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return identity.toString();
  }

  /** Collects a policy. */
  public static final class Builder {
    private final String id;
    private final String version;
    private final SortedMap<String, Map<Namespace, AppraisalRules>> sites = new TreeMap<>();
    private final SortedSet<String> unattested = new TreeSet<>();
    private final SortedSet<String> unbound = new TreeSet<>();
    private boolean reviewed = true;
    private @Nullable Instant notBefore;
    private @Nullable Instant notAfter;

    private Builder(String id, String version) {
      if (id.isBlank() || version.isBlank()) {
        throw new IllegalArgumentException("id and version: expected text, was nothing");
      }
      this.id = id;
      this.version = version;
    }

    /**
     * Limits when the policy may be used.
     *
     * @param from first instant, or null
     * @param until first instant at which it accepts nothing, or null
     * @return this builder
     * @throws IllegalArgumentException if it would end before it begins
     */
    @SuppressWarnings("exports") // annotations: callers compile without their module
    public Builder validity(@Nullable Instant from, @Nullable Instant until) {
      if (from != null && until != null && !from.isBefore(until)) {
        throw new IllegalArgumentException(
            "notAfter: expected an instant after " + from + ", was " + until);
      }
      this.notBefore = from;
      this.notAfter = until;
      return this;
    }

    /**
     * Says whether a person has read it; a policy made by a program counts as read.
     *
     * @param read false for a draft
     * @return this builder
     */
    public Builder reviewed(boolean read) {
      this.reviewed = read;
      return this;
    }

    /**
     * Adds rules for every site that is not named.
     *
     * @param rules of one family
     * @return this builder
     */
    public Builder anySite(AppraisalRules rules) {
      return site(ANY_SITE, rules);
    }

    /**
     * Adds rules for a site.
     *
     * @param name common name of its certificate
     * @param rules of one family
     * @return this builder
     * @throws IllegalArgumentException if that family has rules for this site
     */
    public Builder site(String name, AppraisalRules rules) {
      Namespace namespace = rules.vocabulary().namespace();
      Map<Namespace, AppraisalRules> families =
          sites.computeIfAbsent(name, ignored -> new EnumMap<>(Namespace.class));
      if (families.put(namespace, rules) != null) {
        throw new IllegalArgumentException(
            name + ": expected one set of rules for " + namespace + ", was two");
      }
      return this;
    }

    /**
     * Lets a site take part without evidence, for example a server outside confidential hardware.
     *
     * @param name common name of its certificate
     * @return this builder
     * @throws IllegalArgumentException for {@link #ANY_SITE}: such sites are named
     */
    public Builder unattested(String name) {
      unattested.add(named("attestation", name));
      return this;
    }

    /**
     * Accepts evidence with a nonce of the site's own choosing: it may be a stored or a relayed
     * one.
     *
     * @param name common name of its certificate
     * @return this builder
     * @throws IllegalArgumentException for {@link #ANY_SITE}: such sites are named
     */
    public Builder acceptUnbound(String name) {
      unbound.add(named("acceptUnbound", name));
      return this;
    }

    private static String named(String key, String name) {
      if (name.equals(ANY_SITE) || name.isBlank()) {
        throw new IllegalArgumentException(key + ": expected the name of a site, was " + name);
      }
      return name;
    }

    /**
     * Returns the sites named so far.
     *
     * @return their names
     */
    public Set<String> names() {
      return Collections.unmodifiableSet(sites.keySet());
    }

    /**
     * Builds the policy. One without sites is legal and accepts nobody.
     *
     * @return the policy
     * @throws IllegalArgumentException if a site without evidence has rules for it, or one whose
     *     unbound evidence counts has none
     */
    public FederationPolicy build() {
      for (String name : unattested) {
        if (sites.containsKey(name)) {
          throw new IllegalArgumentException(name + ": expected rules or no attestation, was both");
        }
      }
      for (String name : unbound) {
        if (!sites.containsKey(name)) {
          throw new IllegalArgumentException(
              name + ": expected rules beside acceptUnbound, was none");
        }
      }
      return new FederationPolicy(this);
    }
  }
}
