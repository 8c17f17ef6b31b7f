// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.policy;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.DenyList;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.policy.ReferenceValue;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The shape of a policy file; every refusal names the place. */
final class PolicyDocument {
  private static final int MAX_TEXT = 1024;
  private static final Pattern PLAIN_NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

  /** Keys of a site that are no family. */
  private static final Set<String> SITE_KEYS = Set.of("attestation", "acceptUnbound", "anyOf");

  private final List<PolicyVocabulary> vocabularies;

  PolicyDocument(List<PolicyVocabulary> vocabularies) {
    this.vocabularies = vocabularies;
  }

  FederationPolicy read(Map<String, @Nullable Object> document) {
    known(
        "policy",
        document,
        Set.of("id", "version", "reviewed", "notBefore", "notAfter", "deny", "sites"));
    FederationPolicy.Builder policy =
        at(
            "id",
            () -> FederationPolicy.named(required("id", document), required("version", document)));
    at(
        "notAfter",
        () ->
            policy.validity(
                instant("notBefore", document).orElse(null),
                instant("notAfter", document).orElse(null)));
    policy.reviewed(flag("reviewed", required("reviewed", document)));
    if (document.containsKey("deny")) {
      policy.deny(deny(map("deny", document.get("deny"))));
    }
    map("sites", document.get("sites"))
        .forEach((site, families) -> site(policy, site, map("sites." + site, families)));
    return at("sites", policy::build);
  }

  private DenyList deny(Map<String, @Nullable Object> written) {
    DenyList.Builder list = DenyList.builder();
    written.forEach(
        (key, value) -> {
          String path = "deny." + key;
          switch (key) {
            case "sites" -> texts(path, value).forEach(name -> at(path, () -> list.site(name)));
            case "siteCertificates" ->
                texts(path, value).forEach(serial -> at(path, () -> list.siteCertificate(serial)));
            default -> evidence(list, path, vocabulary(path, key), map(path, value));
          }
        });
    return list.build();
  }

  private static void evidence(
      DenyList.Builder list,
      String path,
      PolicyVocabulary vocabulary,
      Map<String, @Nullable Object> written) {
    nonEmpty(path, written.keySet());
    written.forEach(
        (key, values) -> {
          String place = path + "." + key;
          if (values == null) {
            throw refused(place, "a value", "nothing");
          }
          at(place, () -> list.evidence(vocabulary, key, values));
        });
  }

  private void site(
      FederationPolicy.Builder policy, String site, Map<String, @Nullable Object> families) {
    if (!families.containsKey("attestation")
        && families.keySet().stream().noneMatch(this::isFamily)
        && families.keySet().stream().allMatch(SITE_KEYS::contains)) {
      throw refused("sites." + site, "rules for a family, or attestation: none", "neither");
    }
    families.forEach((key, value) -> site(policy, site, "sites." + site + "." + key, key, value));
  }

  private void site(
      FederationPolicy.Builder policy,
      String site,
      String path,
      String key,
      @Nullable Object value) {
    switch (key) {
      case "attestation" -> {
        if (!text(path, value).equals("none")) {
          throw refused(path, "none", text(path, value));
        }
        at(path, () -> policy.unattested(site));
      }
      case "acceptUnbound" -> {
        if (flag(path, text(path, value))) {
          at(path, () -> policy.acceptUnbound(site));
        }
      }
      case "anyOf" -> {
        List<Set<Namespace>> choices = choices(path, value);
        at(path, () -> policy.anyOf(site, choices));
      }
      default -> {
        AppraisalRules rules = rules(path, vocabulary(path, key), map(path, value));
        at("sites." + site, () -> policy.site(site, rules));
      }
    }
  }

  private boolean isFamily(String key) {
    return vocabularies.stream().anyMatch(known -> known.namespace().text().equals(key));
  }

  private static List<Set<Namespace>> choices(String path, @Nullable Object value) {
    List<Set<Namespace>> choices = new ArrayList<>();
    for (Object choice : list(path, value)) {
      Set<Namespace> families = new TreeSet<>();
      for (String name : texts(path, choice)) {
        Namespace namespace =
            Namespace.of(name).orElseThrow(() -> refused(path, "one of " + Namespace.all(), name));
        if (!families.add(namespace)) {
          throw refused(path, "each family once", "twice " + name);
        }
      }
      choices.add(families);
    }
    return choices;
  }

  private PolicyVocabulary vocabulary(String path, String namespace) {
    return vocabularies.stream()
        .filter(vocabulary -> vocabulary.namespace().text().equals(namespace))
        .findFirst()
        .orElseThrow(
            () ->
                refused(
                    path,
                    "one of "
                        + vocabularies.stream().map(known -> known.namespace().text()).toList(),
                    namespace));
  }

  private AppraisalRules rules(
      String path, PolicyVocabulary vocabulary, Map<String, @Nullable Object> written) {
    AppraisalRules.Builder rules = AppraisalRules.of(vocabulary);
    written.forEach((key, value) -> rule(path + "." + key, rules, key, value));
    return rules.build();
  }

  private void rule(String path, AppraisalRules.Builder rules, String key, @Nullable Object value) {
    switch (key) {
      case "profile" -> at(path, () -> rules.profile(text(path, value)));
      case "forms" -> at(path, () -> rules.forms(forms(path, value)));
      case "assurance" -> rules.assurance(assurance(path, text(path, value)));
      case "maximumAge" -> at(path, () -> rules.maximumAge(duration(path, text(path, value))));
      case "measurements" -> {
        int number = 0;
        for (Object item : list(path, value)) {
          String place = path + "[" + number++ + "]";
          at(place, () -> rules.measurement(measurement(place, map(place, item))));
        }
      }
      default -> {
        if (value == null) {
          throw refused(path, "a value", "nothing");
        }
        at(path, () -> rules.set(key, value));
      }
    }
  }

  private static ReferenceValue measurement(String path, Map<String, @Nullable Object> written) {
    known(
        path,
        written,
        Set.of(
            "name", "measurement", "source", "computedBy", "buildDigest", "notBefore", "notAfter"));
    return new ReferenceValue(
        required("name", written),
        required("measurement", written),
        optional("source", written),
        optional("computedBy", written),
        optional("buildDigest", written),
        instant("notBefore", written),
        instant("notAfter", written));
  }

  private static Set<EvidenceForm> forms(String path, @Nullable Object value) {
    Set<EvidenceForm> forms = new LinkedHashSet<>();
    for (Object item : list(path, value)) {
      String text = text(path, item);
      forms.add(
          EvidenceForm.of(text)
              .orElseThrow(() -> refused(path, "one of " + EvidenceForm.all(), text)));
    }
    return forms;
  }

  private static Assurance assurance(String path, String text) {
    return Arrays.stream(Assurance.values())
        .filter(known -> known.name().equals(text))
        .findFirst()
        .orElseThrow(() -> refused(path, "one of " + Arrays.toString(Assurance.values()), text));
  }

  private static Duration duration(String path, String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw refused(path, "an ISO 8601 duration such as PT1H", text);
    }
  }

  private static Optional<Instant> instant(String field, Map<String, @Nullable Object> map) {
    return optional(field, map)
        .map(
            text -> {
              try {
                return Instant.parse(text);
              } catch (DateTimeParseException e) {
                throw refused(field, "an instant such as 2026-11-21T00:00:00Z", text);
              }
            });
  }

  private static boolean flag(String path, String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw refused(path, "true or false", text);
    }
    return text.equals("true");
  }

  private static String required(String field, Map<String, @Nullable Object> map) {
    return optional(field, map).orElseThrow(() -> refused(field, "a value", "nothing"));
  }

  private static Optional<String> optional(String field, Map<String, @Nullable Object> map) {
    return map.containsKey(field) ? Optional.of(text(field, map.get(field))) : Optional.empty();
  }

  private static String text(String path, @Nullable Object value) {
    if (value instanceof String || value instanceof Boolean || value instanceof Number) {
      String text = value.toString();
      if (value instanceof Number && !PLAIN_NUMBER.matcher(text).matches()) {
        throw refused(path, "text, or a number that is written out", "another number");
      }
      if (text.length() <= MAX_TEXT) {
        return text;
      }
      throw refused(path, "at most " + MAX_TEXT + " characters", text.length());
    }
    throw refused(path, "text", value == null ? "nothing" : "a list or map");
  }

  private static List<String> texts(String path, @Nullable Object value) {
    List<String> texts = new ArrayList<>();
    list(path, value).forEach(item -> texts.add(text(path, item)));
    nonEmpty(path, texts);
    return texts;
  }

  private static void nonEmpty(String path, Collection<?> items) {
    if (items.isEmpty()) {
      throw refused(path, "at least one entry", "none");
    }
  }

  private static List<?> list(String path, @Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    if (value == null) {
      throw refused(path, "a list", "nothing");
    }
    return List.of(value);
  }

  private static Map<String, @Nullable Object> map(String path, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw refused(path, "a map", value == null ? "nothing" : "something else");
    }
    Map<String, @Nullable Object> texts = new java.util.LinkedHashMap<>();
    map.forEach((key, item) -> texts.put(String.valueOf(key), item));
    return texts;
  }

  private static void known(String path, Map<String, ?> map, Set<String> names) {
    List<String> unknown = new ArrayList<>(map.keySet());
    unknown.removeAll(names);
    if (!unknown.isEmpty()) {
      throw refused(path, "only " + new TreeSet<>(names), unknown);
    }
  }

  /** What a builder refuses is refused here with its place. */
  private static <T> T at(String path, java.util.function.Supplier<T> step) {
    try {
      return step.get();
    } catch (IllegalArgumentException e) {
      // Builders of policies say what is wrong; a subclass comes from the JDK.
      String problem =
          e.getClass() == IllegalArgumentException.class && e.getMessage() != null
              ? e.getMessage()
              : "the value cannot be read";
      throw AttestationException.because(ErrorCode.POLICY_INVALID, path, problem, e);
    }
  }

  private static AttestationException refused(String path, Object expected, Object actual) {
    return new AttestationException(ErrorCode.POLICY_INVALID, path, expected, actual);
  }
}
