// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import java.math.BigInteger;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The sites, certificates and evidence that a policy denies. The list applies to every site and
 * wins over every rule: named rules, rules for any site, sites without evidence and NVFlare peers.
 */
public final class DenyList {
  private static final String CHECK = "policy.deny";
  private static final String SOURCE = "docs/protocol/policy-model.md#deny";
  private static final Pattern SERIAL = Pattern.compile("0x[0-9a-f]{1,40}");
  private static final int HEX = 16;
  private static final String DENIED = "denied";
  private static final DenyList NONE = new Builder().build();

  private final SortedSet<String> sites;
  private final SortedSet<String> foldedSites;
  private final SortedSet<BigInteger> serials;
  private final Map<Namespace, SortedMap<String, Entry>> claims;

  private DenyList(Builder parts) {
    this.sites = Collections.unmodifiableSortedSet(new TreeSet<>(parts.sites));
    this.foldedSites = new TreeSet<>();
    this.sites.forEach(site -> foldedSites.add(SiteNames.folded(site)));
    this.serials = Collections.unmodifiableSortedSet(new TreeSet<>(parts.serials));
    this.claims = new TreeMap<>();
    parts.claims.forEach((namespace, entries) -> claims.put(namespace, new TreeMap<>(entries)));
  }

  /** A key with its values. */
  private record Entry(DenyOption option, Setting.Values values) {}

  /** {@return the empty list, of a policy that denies nothing} */
  public static DenyList none() {
    return NONE;
  }

  /**
   * Starts a list.
   *
   * @return a builder without entries
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Upper and lower case make no difference: a misspelled entry must not admit anyone. */
  boolean deniesSite(String name) {
    return !foldedSites.isEmpty() && foldedSites.contains(SiteNames.folded(name));
  }

  boolean deniesCertificate(BigInteger serial) {
    return serials.contains(serial);
  }

  /**
   * Returns why verified claims are denied.
   *
   * @param verified claims of evidence whose signature verified
   * @return a failed check, or empty if the list contains none of their values
   */
  public Optional<Check> refusal(Claims verified) {
    return claims
        .getOrDefault(verified.form().namespace(), Collections.emptySortedMap())
        .values()
        .stream()
        .flatMap(entry -> entry.option().match(entry.values(), verified).stream())
        .findFirst()
        .map(DenyList::failed);
  }

  /** Returns the check of a site and of what its evidence claims, if that is verified. */
  Check check(boolean siteDenied, String site, Optional<Claims> verified) {
    if (siteDenied) {
      return failed("site " + site);
    }
    if (claims.isEmpty()) {
      return Check.skipped(
          CHECK,
          sites.isEmpty() && serials.isEmpty()
              ? "the policy denies nothing"
              : "the policy denies no evidence",
          SOURCE);
    }
    if (verified.isEmpty()) {
      return Check.skipped(CHECK, "the evidence is not shown to be genuine", SOURCE);
    }
    return refusal(verified.get())
        .orElseGet(() -> Check.passed(CHECK, "nothing that the policy denies", "nothing", SOURCE));
  }

  private static Check failed(String what) {
    return Check.failed(CHECK, ReasonCode.DENIED, "nothing that the policy denies", what, SOURCE);
  }

  /** Returns the list as lines, one for each entry. */
  SortedMap<String, String> describe() {
    SortedMap<String, String> lines = new TreeMap<>();
    sites.forEach(site -> lines.put("sites." + site, DENIED));
    serials.forEach(serial -> lines.put("siteCertificates.0x" + serial.toString(HEX), DENIED));
    claims.forEach(
        (namespace, entries) ->
            entries.forEach(
                (key, entry) ->
                    entry
                        .values()
                        .values()
                        .forEach(value -> lines.put(namespace + "." + key + "." + value, DENIED))));
    return lines;
  }

  @Override
  public String toString() {
    return describe().keySet().toString();
  }

  /** Collects entries. */
  public static final class Builder {
    private final SortedSet<String> sites = new TreeSet<>();
    private final SortedSet<BigInteger> serials = new TreeSet<>();
    private final Map<Namespace, SortedMap<String, Entry>> claims = new TreeMap<>();

    private Builder() {}

    /**
     * Denies a site.
     *
     * @param name common name of its certificate; {@code server} is the federation's server
     * @return this builder
     * @throws IllegalArgumentException for a pattern, a padded name, or a name listed before
     */
    public Builder site(String name) {
      if (!sites.add(SiteNames.exact(name))) {
        throw new IllegalArgumentException("'" + name + "' is listed twice.");
      }
      return this;
    }

    /**
     * Denies a site's certificate, and no later one of the same site.
     *
     * @param serial its serial number, {@code 0x} and lower-case hex as {@code cert inspect} prints
     *     it
     * @return this builder
     * @throws IllegalArgumentException for another spelling, or a number listed before
     */
    public Builder siteCertificate(String serial) {
      if (!SERIAL.matcher(serial).matches()) {
        throw new IllegalArgumentException(
            "A certificate's serial number is missing or malformed. Write it as 'fedtrust cert"
                + " inspect' prints it: 0x and up to 40 lower-case hex digits.");
      }
      if (!serials.add(new BigInteger(serial.substring(2), HEX))) {
        throw new IllegalArgumentException("'" + serial + "' is listed twice.");
      }
      return this;
    }

    /**
     * Denies evidence.
     *
     * @param vocabulary of its family
     * @param key one of the family's {@link PolicyVocabulary#denials}
     * @param values one or several, as {@link SettingType#read} takes them
     * @return this builder
     * @throws IllegalArgumentException for an unknown key, a key set before, or a value that is
     *     malformed or all zeros: zeros stand for a platform that withholds the value
     */
    public Builder evidence(PolicyVocabulary vocabulary, String key, Object values) {
      DenyOption option =
          vocabulary.denials().stream()
              .filter(known -> known.key().equals(key))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "unknown key; the keys of "
                              + vocabulary.namespace()
                              + " are "
                              + vocabulary.denials().stream().map(DenyOption::key).toList()));
      SortedSet<String> lower = new TreeSet<>();
      for (String value : ((Setting.Values) option.type().read(values)).values()) {
        if (value.chars().allMatch(digit -> digit == '0')) {
          throw new IllegalArgumentException(
              "A value of zeros stands for every platform that withholds it, and denies no single"
                  + " one. Write the value of one platform.");
        }
        lower.add(value.toLowerCase(Locale.ROOT));
      }
      SortedMap<String, Entry> family =
          claims.computeIfAbsent(vocabulary.namespace(), any -> new TreeMap<>());
      if (family.put(key, new Entry(option, new Setting.Values(lower))) != null) {
        throw new IllegalArgumentException(key + " is set twice.");
      }
      return this;
    }

    /**
     * Builds the list.
     *
     * @return the list
     */
    public DenyList build() {
      return new DenyList(this);
    }
  }
}
