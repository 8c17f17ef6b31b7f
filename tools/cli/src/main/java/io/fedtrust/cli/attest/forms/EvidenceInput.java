// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest.forms;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.family.EvidenceFamilies;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.family.InvalidOptionException;
import io.fedtrust.attestation.providers.family.OptionValues;
import io.fedtrust.attestation.providers.family.SupportedForm;
import io.fedtrust.cli.CliEnvironment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/**
 * Files of evidence, and the options of its forms. What a file contains is stated, never guessed.
 */
@Command
public final class EvidenceInput {
  /** How a file is read, for the help of options that name one. */
  public static final String FILE =
      "*.bin: binary evidence; *.json: an NVFlare entry, or the output of nvattest or of a TPM"
          + " command; otherwise the text of the token.";

  private static final String FORM = "--form";

  private final EvidenceFamilies families = EvidenceFamilies.installed();
  private final FormOptions options;
  private @Nullable CommandSpec command;

  /**
   * Starts the input of a command.
   *
   * @param uses what the command does with evidence after reading it
   */
  public EvidenceInput(FamilyOption.Use... uses) {
    Set<FamilyOption.Use> all = EnumSet.of(FamilyOption.Use.READ, uses);
    this.options = new FormOptions(families, all);
  }

  /** Adds {@code --form} and the options of forms to the command that has this input. */
  @Spec(Spec.Target.MIXEE)
  void addTo(CommandSpec owner) {
    this.command = owner;
    owner.addOption(
        OptionSpec.builder(FORM)
            .type(String.class)
            .arity("1")
            .paramLabel("FORM")
            .defaultValue(EvidenceForm.SNP_REPORT.text())
            .description(
                "Form of the evidence, if the file does not state it: "
                    + names()
                    + ". Default: "
                    + EvidenceForm.SNP_REPORT
                    + ".")
            .build());
    options.addTo(owner);
  }

  private CommandSpec command() {
    if (command == null) {
      throw new IllegalStateException("this input belongs to no command");
    }
    return command;
  }

  private String names() {
    return families.forms().stream()
        .map(support -> support.form().text())
        .collect(Collectors.joining(", "));
  }

  /** Reads one file. */
  public Evidence read(CliEnvironment environment, Path file) {
    return read(environment, List.of(file)).get(0);
  }

  /** Reads files, and refuses options that belong to no form among them. */
  public List<Evidence> read(CliEnvironment environment, List<Path> files) {
    SupportedForm named = named();
    Set<EvidenceForm> present = new TreeSet<>(Set.of(named.form()));
    List<Evidence> read = new ArrayList<>();
    for (Path file : files) {
      Evidence evidence =
          named.read(environment.resolve(file), options.values(command(), environment, named));
      SupportedForm support =
          families
              .find(evidence.form())
              .orElseThrow(
                  () ->
                      new AttestationException(
                          ErrorCode.EVIDENCE_UNREADABLE,
                          file.toString(),
                          "one of " + names(),
                          evidence.form()));
      present.add(support.form());
      read.add(support.attach(evidence, options.values(command(), environment, support)));
    }
    options.requireUseful(command(), present);
    return read;
  }

  private SupportedForm named() {
    String text = command().findOption(FORM).getValue();
    return EvidenceForm.of(text)
        .flatMap(families::find)
        .orElseThrow(() -> usage(FORM + ": expected one of " + names() + ", was " + text));
  }

  /**
   * Uses what serves the form of some evidence, with what the user chose for it.
   *
   * @param step what to do
   * @param <T> its result
   * @param <E> how the step fails
   * @return the result
   */
  public <T, E extends Exception> T with(
      CliEnvironment environment, Evidence evidence, Step<T, E> step) throws E {
    SupportedForm support = families.find(evidence.form()).orElseThrow();
    try {
      return step.run(support, options.values(command(), environment, support));
    } catch (InvalidOptionException e) {
      throw usage("--" + e.option() + ": " + e.getMessage());
    }
  }

  /**
   * A step in which a family has a part.
   *
   * @param <T> its result
   * @param <E> how it fails
   */
  @FunctionalInterface
  public interface Step<T, E extends Exception> {
    /** Does it. */
    T run(SupportedForm support, OptionValues chosen) throws E;
  }

  private CommandLine.ParameterException usage(String message) {
    return new CommandLine.ParameterException(command().commandLine(), message);
  }
}
