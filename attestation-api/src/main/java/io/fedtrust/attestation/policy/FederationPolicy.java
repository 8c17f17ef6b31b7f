// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.PolicyIdentity;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteCertificate;
import io.fedtrust.attestation.model.SiteIdentity;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
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
 * under {@link #ANY_SITE}, if that is there; rules of the two are not mixed. What is {@linkplain
 * #deny denied} is never accepted, whatever the rules say.
 */
public final class FederationPolicy {
  /** The rules for every site that is not named. */
  public static final String ANY_SITE = "*";

  /** The rules for the federation's server, whatever its name is. */
  public static final String SERVER = SiteIdentity.SERVER_ALIAS;

  private static final String SOURCE = "docs/protocol/policy-model.md#order-of-appraisal";

  private final String id;
  private final String version;
  private final boolean reviewed;
  private final Optional<Instant> notBefore;
  private final Optional<Instant> notAfter;
  private final SortedMap<String, Map<Namespace, AppraisalRules>> sites;
  private final SortedMap<String, List<Set<Namespace>>> alternatives;
  private final SortedSet<String> unattested;
  private final SortedSet<String> unbound;
  private final DenyList deny;
  private final PolicyIdentity identity;
  private final Optional<String> server;

  private FederationPolicy(Builder parts) {
    this.id = parts.id;
    this.version = parts.version;
    this.reviewed = parts.reviewed;
    this.notBefore = Optional.ofNullable(parts.notBefore);
    this.notAfter = Optional.ofNullable(parts.notAfter);
    SortedMap<String, Map<Namespace, AppraisalRules>> copy = new TreeMap<>();
    parts.sites.forEach((site, rules) -> copy.put(site, Collections.unmodifiableMap(rules)));
    this.sites = Collections.unmodifiableSortedMap(copy);
    this.alternatives = Collections.unmodifiableSortedMap(new TreeMap<>(parts.alternatives));
    this.unattested = Collections.unmodifiableSortedSet(new TreeSet<>(parts.unattested));
    this.unbound = Collections.unmodifiableSortedSet(new TreeSet<>(parts.unbound));
    this.deny = parts.deny;
    this.identity = new PolicyIdentity(id, version, digest(describe()));
    this.server = Optional.empty();
  }

  private FederationPolicy(FederationPolicy written, String server) {
    this.id = written.id;
    this.version = written.version;
    this.reviewed = written.reviewed;
    this.notBefore = written.notBefore;
    this.notAfter = written.notAfter;
    this.sites = written.sites;
    this.alternatives = written.alternatives;
    this.unattested = written.unattested;
    this.unbound = written.unbound;
    this.deny = written.deny;
    this.identity = written.identity;
    this.server = Optional.of(server);
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

  /** {@return which policy this is: name, version and digest over all settings} */
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

  /** {@return the first instant at which it counts; empty if it always did} */
  public Optional<Instant> notBefore() {
    return notBefore;
  }

  /** {@return the first instant at which it accepts nothing; empty if it does not end} */
  public Optional<Instant> notAfter() {
    return notAfter;
  }

  /** {@return the rules by site and family, {@link #ANY_SITE} among the names} */
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
   * Returns the sets of families of which a site must present one set completely.
   *
   * @param site its name
   * @return one set if the policy gives the site no choice; none if the policy has no rules for it
   */
  public List<Set<Namespace>> alternatives(String site) {
    return entryOf(site).map(this::alternativesOf).orElse(List.of());
  }

  /** Families in no alternative are always required. */
  private List<Set<Namespace>> alternativesOf(String entry) {
    Set<Namespace> families = sites.getOrDefault(entry, Map.of()).keySet();
    List<Set<Namespace>> choices = alternatives.getOrDefault(entry, List.of());
    if (choices.isEmpty()) {
      return families.isEmpty() ? List.of() : List.of(families);
    }
    Set<Namespace> always = new TreeSet<>(families);
    choices.forEach(always::removeAll);
    return choices.stream().map(choice -> union(choice, always)).toList();
  }

  private static Set<Namespace> union(Set<Namespace> some, Set<Namespace> others) {
    Set<Namespace> union = new TreeSet<>(some);
    union.addAll(others);
    return Collections.unmodifiableSet(union);
  }

  private Map<Namespace, AppraisalRules> rulesOf(String site) {
    return entryOf(site).map(entry -> sites.getOrDefault(entry, Map.of())).orElse(Map.of());
  }

  /**
   * Demands that a text can be the name of one site, as it is written in a policy.
   *
   * @param name as in the site's certificate
   * @return the name
   * @throws IllegalArgumentException if it is blank, looks like a pattern, begins or ends with a
   *     blank, or contains an invisible character
   */
  public static String siteName(String name) {
    return SiteNames.exact(name);
  }

  /**
   * {@return the keys of sites: names of sites, among them those without evidence, {@link #SERVER}
   * and {@link #ANY_SITE}}
   */
  public SortedSet<String> names() {
    SortedSet<String> names = new TreeSet<>(sites.keySet());
    names.addAll(unattested);
    return names;
  }

  /**
   * Finds the key of this policy whose rules a site gets.
   *
   * @param site its name
   * @return the site's name, {@link #SERVER} or {@link #ANY_SITE}; empty if the policy has no rules
   *     for it
   */
  public Optional<String> entryOf(String site) {
    String key = keyOf(site);
    if (isKey(key)) {
      return Optional.of(key);
    }
    return sites.containsKey(ANY_SITE) ? Optional.of(ANY_SITE) : Optional.empty();
  }

  /** The server goes by one of two names; no other site gets its rules. */
  private String keyOf(String site) {
    if (server.isEmpty()) {
      return site;
    }
    if (site.equals(server.get())) {
      return isKey(SERVER) ? SERVER : site;
    }
    return site.equals(SERVER) ? ANY_SITE : site;
  }

  private boolean isKey(String name) {
    return sites.containsKey(name) || unattested.contains(name);
  }

  /**
   * Returns this policy for a federation whose server is known: the key {@link #SERVER} then means
   * that server, and no site of that name.
   *
   * @param name common name of the server's certificate
   * @return the same policy, with the same identity
   * @throws IllegalArgumentException if the policy has two keys that name the server
   */
  public FederationPolicy resolvedFor(String name) {
    Set<String> names = names();
    if (names.contains(SERVER) && names.contains(name) && !name.equals(SERVER)) {
      throw new IllegalArgumentException(
          "The policy has rules for 'server' and for '"
              + name
              + "', which is the same site. Keep one of the two keys.");
    }
    names.add(name);
    SiteNames.requireDistinct(names);
    return new FederationPolicy(this, name);
  }

  /** {@return what this policy denies: an empty list if it denies nothing} */
  public DenyList deny() {
    return deny;
  }

  /**
   * Returns whether this policy denies a site by its name.
   *
   * @param site its name
   * @return true if the site must not be admitted, whatever it presents
   */
  public boolean denies(String site) {
    return deny.deniesSite(site)
        || (server.filter(site::equals).isPresent() && deny.deniesSite(SERVER));
  }

  /**
   * Returns whether this policy denies a site by its name or by the serial number of its
   * certificate.
   *
   * @param site its name
   * @param serialNumber of the certificate that it uses
   * @return true if the site must not be admitted, whatever it presents
   */
  public boolean denies(String site, BigInteger serialNumber) {
    return denies(site) || deny.deniesCertificate(serialNumber);
  }

  /**
   * Returns whether this policy denies the site that a certificate names.
   *
   * @param site the verified certificate
   * @return true if the site must not be admitted, whatever it presents
   */
  public boolean denies(SiteCertificate site) {
    return denies(site.name(), site.serialNumber());
  }

  /**
   * Tells whether a site takes part without evidence.
   *
   * @param site its name
   * @return true only where the policy names this site so, and does not deny it
   */
  public boolean isUnattested(String site) {
    return unattested.contains(keyOf(site)) && !denies(site);
  }

  /**
   * Tells whether evidence with a nonce that the site chose is accepted (NVFlare's own exchange,
   * without a challenge; docs/protocol/policy-model.md#unbound-evidence).
   *
   * @param site its name
   * @return true only where the policy names this site so, and does not deny it
   */
  public boolean acceptsUnbound(String site) {
    return unbound.contains(keyOf(site)) && !denies(site);
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

  /** {@return this policy as text by path, for example {@code sites.*.x-snp.allowDebug}} */
  public SortedMap<String, String> describe() {
    SortedMap<String, String> lines = new TreeMap<>();
    lines.put("id", id);
    lines.put("version", version);
    lines.put("reviewed", String.valueOf(reviewed));
    notBefore.ifPresent(instant -> lines.put("notBefore", instant.toString()));
    notAfter.ifPresent(instant -> lines.put("notAfter", instant.toString()));
    deny.describe().forEach((path, text) -> lines.put("deny." + path, text));
    unattested.forEach(site -> lines.put("sites." + site + ".attestation", "none"));
    alternatives.forEach(
        (site, choices) -> lines.put("sites." + site + ".anyOf", choices.toString()));
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
    private final SortedMap<String, List<Set<Namespace>>> alternatives = new TreeMap<>();
    private final SortedSet<String> unattested = new TreeSet<>();
    private final SortedSet<String> unbound = new TreeSet<>();
    private DenyList deny = DenyList.none();
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
     * @param name common name of its certificate, exactly; {@link #SERVER} for the federation's
     *     server
     * @param rules of one family
     * @return this builder
     * @throws IllegalArgumentException for a pattern or a padded name, or if that family has rules
     *     for this site
     */
    public Builder site(String name, AppraisalRules rules) {
      Namespace namespace = rules.vocabulary().namespace();
      Map<Namespace, AppraisalRules> families =
          sites.computeIfAbsent(key(name), ignored -> new TreeMap<>());
      if (families.put(namespace, rules) != null) {
        throw new IllegalArgumentException(
            name + ": expected one set of rules for " + namespace + ", was two");
      }
      return this;
    }

    private static String key(String name) {
      return name.equals(ANY_SITE) ? name : SiteNames.exact(name);
    }

    /**
     * Lets a site choose what to present: one of several sets of families, completely. Families
     * with rules in no set are required in addition.
     *
     * @param name of a site with rules, or {@link #ANY_SITE}
     * @param choices each with exactly one CPU family, all with rules for this site
     * @return this builder
     * @throws IllegalArgumentException if there is no choice, or the site has choices already
     */
    public Builder anyOf(String name, List<Set<Namespace>> choices) {
      if (choices.isEmpty()) {
        throw new IllegalArgumentException("anyOf lists no alternative.");
      }
      List<Set<Namespace>> copies = new ArrayList<>();
      for (Set<Namespace> choice : choices) {
        if (choice.stream().filter(Namespace::cpu).count() != 1) {
          throw new IllegalArgumentException(
              "anyOf: " + choice + " must contain exactly one CPU family.");
        }
        Set<Namespace> copy = Collections.unmodifiableSet(new TreeSet<>(choice));
        if (copies.contains(copy)) {
          throw new IllegalArgumentException("anyOf lists " + copy + " twice.");
        }
        copies.add(copy);
      }
      if (alternatives.put(key(name), List.copyOf(copies)) != null) {
        throw new IllegalArgumentException("anyOf is set twice for '" + name + "'.");
      }
      return this;
    }

    /**
     * Denies sites, certificates and evidence, whatever the rules say.
     *
     * @param list replaces one that was given before
     * @return this builder
     */
    public Builder deny(DenyList list) {
      this.deny = list;
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
      if (name.equals(ANY_SITE)) {
        throw new IllegalArgumentException(
            key + " is not possible for \"*\". Name each site to which it applies.");
      }
      return SiteNames.exact(name);
    }

    /** {@return the names of the sites so far} */
    public Set<String> names() {
      return Collections.unmodifiableSet(sites.keySet());
    }

    /**
     * Builds the policy. One without sites is legal and accepts nobody.
     *
     * @return the policy
     * @throws IllegalArgumentException if a site without evidence has rules for it; if one whose
     *     unbound evidence counts has none; if rules ask for {@link Assurance#UNBOUND} where
     *     unbound evidence does not count; if an alternative names a family without rules, or a CPU
     *     family is required in addition to alternatives; or if two names differ in case alone
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
      sites.forEach(this::requireBound);
      alternatives.forEach(this::requireRules);
      requireDistinctNames();
      return new FederationPolicy(this);
    }

    private void requireBound(String name, Map<Namespace, AppraisalRules> families) {
      families.forEach(
          (namespace, rules) -> {
            if (rules.assurance() == Assurance.UNBOUND && !unbound.contains(name)) {
              throw new IllegalArgumentException(
                  name
                      + "."
                      + namespace
                      + ": assurance UNBOUND counts only for a named site with acceptUnbound: true."
                      + " Name the site, or ask for more.");
            }
          });
    }

    private void requireRules(String name, List<Set<Namespace>> choices) {
      Set<Namespace> families = sites.getOrDefault(name, Map.of()).keySet();
      Set<Namespace> chosen = new TreeSet<>();
      choices.forEach(chosen::addAll);
      for (Namespace namespace : chosen) {
        if (!families.contains(namespace)) {
          throw new IllegalArgumentException(
              name + ".anyOf: " + namespace + " has no rules for this site. Add them.");
        }
      }
      for (Namespace namespace : families) {
        if (namespace.cpu() && !chosen.contains(namespace)) {
          throw new IllegalArgumentException(
              name
                  + ": "
                  + namespace
                  + " would be required in addition to the CPU family of each alternative, and a"
                  + " site presents one. Add it to anyOf.");
        }
      }
    }

    private void requireDistinctNames() {
      Set<String> names = new TreeSet<>(sites.keySet());
      names.addAll(unattested);
      names.add(SERVER);
      SiteNames.requireDistinct(names);
    }
  }
}
