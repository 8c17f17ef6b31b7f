// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.family;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The families that are installed: this library's, and those of other jars. */
public final class EvidenceFamilies {
  private final List<EvidenceFamily> families;
  private final Map<EvidenceForm, SupportedForm> forms = new TreeMap<>();
  private final Map<String, EvidenceFamily> services = new TreeMap<>();

  private EvidenceFamilies(List<EvidenceFamily> families) {
    this.families =
        families.stream().sorted(Comparator.comparing(EvidenceFamily::namespace)).toList();
    Map<Namespace, EvidenceFamily> names = new TreeMap<>();
    for (EvidenceFamily family : this.families) {
      @Nullable EvidenceFamily other = names.put(family.namespace(), family);
      if (other != null) {
        throw twice(family.namespace(), other, family);
      }
      family.forms().forEach(form -> add(family, form));
      family.keyServices().forEach(service -> add(family, service));
    }
  }

  private void add(EvidenceFamily family, SupportedForm form) {
    if (!form.form().namespace().equals(family.namespace())) {
      throw refused(
          form.form()
              + " is a form of "
              + form.form().namespace()
              + ", not of "
              + family.namespace());
    }
    @Nullable SupportedForm other = forms.put(form.form(), form);
    if (other != null) {
      throw twice(form.form(), other, form);
    }
  }

  private void add(EvidenceFamily family, KeyService service) {
    @Nullable EvidenceFamily other = services.put(service.name(), family);
    if (other != null) {
      throw twice("service " + service.name(), other, family);
    }
  }

  private static AttestationException refused(String problem) {
    return AttestationException.of(ErrorCode.FAMILY_INVALID, "family of evidence", problem);
  }

  private static AttestationException twice(Object what, Object one, Object other) {
    return refused(
        what
            + " is registered by two families: "
            + one.getClass().getName()
            + " and "
            + other.getClass().getName());
  }

  /**
   * Finds the families that are installed next to this library, as services of its class loader.
   *
   * @return in the order of their namespaces
   * @throws AttestationException {@code FAMILY_INVALID} if one of them cannot be loaded, or if two
   *     have one namespace, one form or one service
   */
  public static EvidenceFamilies installed() {
    return of(
        ServiceLoader.load(EvidenceFamily.class, EvidenceFamilies.class.getClassLoader()).stream()
            .map(EvidenceFamilies::loaded)
            .toList());
  }

  /** A family of another jar that registers a name of this library fails while it is loaded. */
  private static EvidenceFamily loaded(ServiceLoader.Provider<EvidenceFamily> provider) {
    String name = provider.type().getName();
    try {
      return provider.get();
    } catch (ServiceConfigurationError | LinkageError e) {
      throw AttestationException.because(
          ErrorCode.FAMILY_INVALID, "family of evidence", name + " cannot be loaded" + why(e), e);
    }
  }

  private static String why(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IllegalArgumentException refusal) {
        return ": " + refusal.getMessage();
      }
    }
    return "";
  }

  /**
   * Brings some families together.
   *
   * @param families in any order
   * @return in the order of their namespaces
   * @throws AttestationException {@code FAMILY_INVALID} if two have one namespace, one form or one
   *     service
   */
  public static EvidenceFamilies of(List<EvidenceFamily> families) {
    return new EvidenceFamilies(new ArrayList<>(families));
  }

  /**
   * Returns the families.
   *
   * @return in the order of their namespaces
   */
  public List<EvidenceFamily> all() {
    return families;
  }

  /**
   * Returns the forms of all families.
   *
   * @return in the order of forms
   */
  public List<SupportedForm> forms() {
    return List.copyOf(forms.values());
  }

  /**
   * Finds what serves a form.
   *
   * @param form of evidence
   * @return its support, or empty if no installed family has it
   */
  public Optional<SupportedForm> find(EvidenceForm form) {
    return Optional.ofNullable(forms.get(form));
  }

  @Override
  public String toString() {
    return families.stream().map(EvidenceFamily::namespace).toList().toString();
  }
}
