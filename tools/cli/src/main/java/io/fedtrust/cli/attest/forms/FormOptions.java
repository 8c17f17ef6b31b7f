// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest.forms;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.family.EvidenceFamilies;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.family.OptionType;
import io.fedtrust.attestation.providers.family.OptionValues;
import io.fedtrust.attestation.providers.family.SupportedForm;
import io.fedtrust.cli.CliEnvironment;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options that families declare for their forms, as options of a command: one for each name, in
 * help under the forms that have it.
 */
final class FormOptions {
  private final Map<String, NavigableMap<EvidenceForm, FamilyOption<?>>> declared =
      new LinkedHashMap<>();
  private final Set<FamilyOption.Use> uses;

  FormOptions(EvidenceFamilies families, Set<FamilyOption.Use> uses) {
    this.uses = uses;
    for (SupportedForm support : families.forms()) {
      of(support).forEach(option -> declare(support.form(), option));
    }
  }

  private List<FamilyOption<?>> of(SupportedForm support) {
    return support.options().stream()
        .filter(option -> uses.contains(option.use()))
        .<FamilyOption<?>>map(option -> option)
        .toList();
  }

  private void declare(EvidenceForm form, FamilyOption<?> option) {
    NavigableMap<EvidenceForm, FamilyOption<?>> namesakes =
        declared.computeIfAbsent(option.name(), name -> new TreeMap<>());
    if (namesakes.values().stream()
        .anyMatch(other -> other.type().shape() != option.type().shape())) {
      throw new IllegalStateException(
          "--" + option.name() + " takes other values in " + form + " than in another form");
    }
    namesakes.put(form, option);
  }

  /** Adds the options to a command, in one group for each set of forms. */
  void addTo(CommandSpec command) {
    Map<String, ArgGroupSpec.Builder> groups = new LinkedHashMap<>();
    declared.forEach(
        (name, namesakes) ->
            groups
                .computeIfAbsent(names(namesakes.keySet()), FormOptions::group)
                .addArg(option(name, namesakes)));
    groups.values().forEach(group -> command.addArgGroup(group.build()));
  }

  private static ArgGroupSpec.Builder group(String names) {
    return ArgGroupSpec.builder()
        .exclusive(false)
        .validate(false)
        .heading("%nOptions of " + names + ":%n");
  }

  private static OptionSpec option(
      String name, NavigableMap<EvidenceForm, FamilyOption<?>> namesakes) {
    FamilyOption<?> first = namesakes.get(namesakes.firstKey());
    OptionSpec.Builder option = OptionSpec.builder("--" + name).description(lines(text(namesakes)));
    if (first.type().shape() == OptionType.Shape.FLAG) {
      return option.type(boolean.class).arity("0").build();
    }
    option.arity("1").paramLabel(first.label());
    return switch (first.type().shape()) {
      case PATH -> option.type(Path.class).build();
      case SEVERAL -> option.type(List.class).auxiliaryTypes(String.class).build();
      case FLAG, ONE -> option.type(String.class).build();
    };
  }

  /** Picocli formats what it prints, and would break an address that is not at the start. */
  private static String[] lines(String text) {
    return text.replace("%", "%%").split(" (?=https?://)", -1);
  }

  /** Forms that agree share one text; otherwise each text names its forms. */
  private static String text(NavigableMap<EvidenceForm, FamilyOption<?>> namesakes) {
    Map<String, Set<EvidenceForm>> texts = new LinkedHashMap<>();
    namesakes.forEach(
        (form, option) -> texts.computeIfAbsent(option.text(), text -> new TreeSet<>()).add(form));
    return texts.size() == 1
        ? texts.keySet().iterator().next()
        : texts.entrySet().stream()
            .map(entry -> names(entry.getValue()) + ": " + entry.getKey())
            .collect(Collectors.joining(" "));
  }

  /**
   * Refuses options that none of these forms has.
   *
   * @param present the forms that the command has to do with
   */
  void requireUseful(CommandSpec command, Collection<EvidenceForm> present) {
    declared.forEach(
        (name, namesakes) -> {
          if (isGiven(command, name) && present.stream().noneMatch(namesakes::containsKey)) {
            throw new CommandLine.ParameterException(
                command.commandLine(),
                "--"
                    + name
                    + ": belongs to "
                    + names(namesakes.keySet())
                    + ", was used with "
                    + names(new TreeSet<>(present)));
          }
        });
  }

  private static boolean isGiven(CommandSpec command, String name) {
    return command.commandLine().getParseResult().hasMatchedOption("--" + name);
  }

  /** Reads what the user chose for a form. */
  OptionValues values(CommandSpec command, CliEnvironment environment, SupportedForm support) {
    OptionValues values = OptionValues.none();
    for (FamilyOption<?> option : of(support)) {
      if (isGiven(command, option.name())) {
        values = with(values, option, command, environment);
      }
    }
    return values;
  }

  private static <T> OptionValues with(
      OptionValues values,
      FamilyOption<T> option,
      CommandSpec command,
      CliEnvironment environment) {
    List<String> texts =
        command
            .commandLine()
            .getParseResult()
            .matchedOption("--" + option.name())
            .originalStringValues();
    try {
      return values.with(option, option.type().read(resolved(option, texts, environment)));
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          command.commandLine(), "--" + option.name() + ": " + e.getMessage(), e);
    }
  }

  private static List<String> resolved(
      FamilyOption<?> option, List<String> texts, CliEnvironment environment) {
    return option.type().shape() == OptionType.Shape.PATH
        ? texts.stream().map(text -> environment.resolve(Path.of(text)).toString()).toList()
        : texts;
  }

  private static String names(Collection<EvidenceForm> forms) {
    List<String> names = forms.stream().map(EvidenceForm::text).toList();
    int last = names.size() - 1;
    return last == 0
        ? names.get(0)
        : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
  }
}
