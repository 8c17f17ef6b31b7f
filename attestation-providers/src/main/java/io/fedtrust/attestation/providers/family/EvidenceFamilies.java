// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.family;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The families that are installed: this library's, and those of other jars. */
public final class EvidenceFamilies {
  private final List<EvidenceFamily> families;
  private final Map<EvidenceForm, SupportedForm> forms = new TreeMap<>();

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
    }
  }

  private void add(EvidenceFamily family, SupportedForm form) {
    if (!form.form().namespace().equals(family.namespace())) {
      throw new IllegalStateException(
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

  private static IllegalStateException twice(Object what, Object one, Object other) {
    return new IllegalStateException(
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
   * @throws IllegalStateException if two of them serve one namespace or one form
   */
  public static EvidenceFamilies installed() {
    return of(
        ServiceLoader.load(EvidenceFamily.class, EvidenceFamilies.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList());
  }

  /**
   * Brings some families together.
   *
   * @param families in any order
   * @return in the order of their namespaces
   * @throws IllegalStateException if two of them serve one namespace or one form
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
