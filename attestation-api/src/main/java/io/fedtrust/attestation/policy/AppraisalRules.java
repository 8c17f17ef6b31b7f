// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What one family's evidence must be like. */
public final class AppraisalRules {
  /** How old evidence may be where a policy says nothing. */
  public static final Duration DEFAULT_MAXIMUM_AGE = Duration.ofHours(1);

  private final PolicyVocabulary vocabulary;
  private final String profile;
  private final Set<EvidenceForm> forms;
  private final Assurance assurance;
  private final Duration maximumAge;
  private final List<ReferenceValue> measurements;
  private final SortedMap<String, Setting> settings;
  private final Map<String, Setting> profileSettings;
  private final Map<String, Setting> written;
  private final Map<String, Check> unasked;

  private AppraisalRules(Builder parts) {
    this.vocabulary = parts.vocabulary;
    this.profile = parts.profile;
    this.forms =
        parts.forms == null
            ? Set.of(vocabulary.defaultForm())
            : Collections.unmodifiableSet(new TreeSet<>(parts.forms));
    this.assurance = parts.assurance == null ? Assurance.SESSION_NAMED : parts.assurance;
    this.maximumAge = parts.maximumAge == null ? DEFAULT_MAXIMUM_AGE : parts.maximumAge;
    this.measurements = List.copyOf(parts.measurements);
    this.profileSettings = Map.copyOf(parts.profileSettings());
    this.settings = Collections.unmodifiableSortedMap(parts.settings());
    this.written = Map.copyOf(parts.own);
    this.unasked =
        vocabulary.options().stream()
            .filter(option -> !settings.containsKey(option.key()))
            .collect(Collectors.toUnmodifiableMap(PolicyOption::key, PolicyOption::notAsked));
  }

  /**
   * Starts rules for a family.
   *
   * @param vocabulary of the family
   * @return a builder that stands at the profile {@code strict}
   */
  public static Builder of(PolicyVocabulary vocabulary) {
    return new Builder(vocabulary);
  }

  /** {@return the vocabulary of these rules} */
  public PolicyVocabulary vocabulary() {
    return vocabulary;
  }

  /** Appraises claims: a check for each option, in their order. */
  Stream<Check> appraise(Claims claims) {
    return vocabulary.options().stream()
        .map(
            option -> {
              Check same = unasked.get(option.key());
              return same == null ? appraise(option, claims) : same;
            });
  }

  private Check appraise(PolicyOption option, Claims claims) {
    return written.containsKey(option.key())
        ? option.appraise(settings, claims)
        : option.appraiseProfile(settings, claims);
  }

  /** {@return the accepted forms of the family} */
  public Set<EvidenceForm> forms() {
    return forms;
  }

  /** {@return the least that an exchange must show} */
  public Assurance assurance() {
    return assurance;
  }

  /** {@return how old evidence may be, counted from the challenge} */
  public Duration maximumAge() {
    return maximumAge;
  }

  /** {@return the reference values of trusted measurements} */
  public List<ReferenceValue> measurements() {
    return measurements;
  }

  /** {@return all settings by key, those of the profile included} */
  public SortedMap<String, Setting> settings() {
    return settings;
  }

  /** {@return these rules as text by path, for digests and differences} */
  public SortedMap<String, String> describe() {
    SortedMap<String, String> lines = new TreeMap<>();
    lines.put("profile", profile);
    lines.put(
        "forms", forms.stream().map(EvidenceForm::text).sorted().collect(Collectors.joining(", ")));
    lines.put("assurance", assurance.name());
    lines.put("maximumAge", maximumAge.toString());
    settings.forEach((key, setting) -> lines.put(key, setting.text()));
    written.forEach(
        (key, setting) -> {
          if (setting.equals(profileSettings.get(key))) {
            lines.put(key + ".written", "true");
          }
        });
    measurements.forEach(
        value ->
            value
                .describe()
                .forEach(
                    (key, text) -> lines.put("measurements." + value.name() + "." + key, text)));
    return lines;
  }

  /** Collects rules. */
  public static final class Builder {
    private final PolicyVocabulary vocabulary;
    private final Map<String, PolicyOption> options = new HashMap<>();
    private final List<ReferenceValue> measurements = new ArrayList<>();
    private final SortedMap<String, Setting> own = new TreeMap<>();
    private String profile = PolicyVocabulary.STRICT;
    private @Nullable Set<EvidenceForm> forms;
    private @Nullable Assurance assurance;
    private @Nullable Duration maximumAge;

    private Builder(PolicyVocabulary vocabulary) {
      this.vocabulary = vocabulary;
      vocabulary.options().forEach(option -> options.put(option.key(), option));
    }

    /**
     * Chooses a profile.
     *
     * @param name one of the family's
     * @return this builder
     * @throws IllegalArgumentException for an unknown name
     */
    public Builder profile(String name) {
      if (vocabulary.profiles().stream().noneMatch(known -> known.name().equals(name))) {
        throw new IllegalArgumentException(
            "expected one of "
                + vocabulary.profiles().stream().map(PolicyVocabulary.Profile::name).toList()
                + ", was "
                + name);
      }
      this.profile = name;
      return this;
    }

    /**
     * Names the accepted forms.
     *
     * @param accepted at least one, all of the family
     * @return this builder
     * @throws IllegalArgumentException for none or a form of another family
     */
    public Builder forms(Set<EvidenceForm> accepted) {
      if (accepted.isEmpty()
          || accepted.stream().anyMatch(form -> !form.namespace().equals(vocabulary.namespace()))) {
        throw new IllegalArgumentException(
            "expected forms of " + vocabulary.namespace() + ", was " + accepted);
      }
      this.forms = Set.copyOf(accepted);
      return this;
    }

    /**
     * Sets the least that an exchange must show.
     *
     * @param least the assurance
     * @return this builder
     */
    public Builder assurance(Assurance least) {
      this.assurance = least;
      return this;
    }

    /**
     * Sets how old evidence may be.
     *
     * @param age counted from the challenge; positive
     * @return this builder
     * @throws IllegalArgumentException for zero or less
     */
    public Builder maximumAge(Duration age) {
      if (age.isZero() || age.isNegative()) {
        throw new IllegalArgumentException("expected a positive duration, was " + age);
      }
      this.maximumAge = age;
      return this;
    }

    /**
     * Trusts a measurement.
     *
     * @param value the reference value
     * @return this builder
     * @throws IllegalArgumentException for another length than the family's, or a name used before
     */
    public Builder measurement(ReferenceValue value) {
      if (value.measurement().length() != 2 * vocabulary.measurementBytes()) {
        throw new IllegalArgumentException(
            value.name()
                + ": expected "
                + vocabulary.measurementBytes()
                + " bytes in lower-case hex, was "
                + value.measurement().length()
                + " digits");
      }
      if (measurements.stream().anyMatch(known -> known.name().equals(value.name()))) {
        throw new IllegalArgumentException(value.name() + ": expected another name, was used");
      }
      measurements.add(value);
      return this;
    }

    /**
     * Sets an option.
     *
     * @param key of the option
     * @param value as {@link SettingType#read} takes it
     * @return this builder
     * @throws IllegalArgumentException for an unknown key, a key set before or a value of another
     *     kind
     */
    public Builder set(String key, Object value) {
      Setting setting = option(key).type().read(value);
      if (own.put(key, setting) != null) {
        throw new IllegalArgumentException(key + ": expected once, was set twice");
      }
      return this;
    }

    /**
     * Sets an option.
     *
     * @param option one of the family's
     * @param value as {@link SettingType#read} takes it
     * @return this builder
     * @throws IllegalArgumentException as for a key
     */
    public Builder set(PolicyOption option, Object value) {
      return set(option.key(), value);
    }

    private PolicyOption option(String key) {
      PolicyOption option = options.get(key);
      if (option == null) {
        throw new IllegalArgumentException("unknown key " + key);
      }
      return option;
    }

    private SortedMap<String, Setting> settings() {
      SortedMap<String, Setting> settings = profileSettings();
      settings.putAll(own);
      return settings;
    }

    private SortedMap<String, Setting> profileSettings() {
      SortedMap<String, Setting> settings = new TreeMap<>();
      for (String name : List.of(PolicyVocabulary.STRICT, profile)) {
        vocabulary.profiles().stream()
            .filter(known -> known.name().equals(name))
            .forEach(
                known ->
                    known
                        .settings()
                        .forEach(
                            (key, value) -> settings.put(key, option(key).type().read(value))));
      }
      return settings;
    }

    /**
     * Builds the rules. Rules without a measurement are legal and reject everything.
     *
     * @return the rules
     */
    public AppraisalRules build() {
      return new AppraisalRules(this);
    }
  }
}
