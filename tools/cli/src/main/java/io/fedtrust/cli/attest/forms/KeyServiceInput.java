// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest.forms;

import io.fedtrust.attestation.providers.family.EvidenceFamilies;
import io.fedtrust.attestation.providers.family.KeyService;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** Which service signs tokens: one of those that families have. */
@Command
public final class KeyServiceInput {
  private static final String SERVICE = "--service";
  private static final String STANDARD = "ita";

  private final List<KeyService> services =
      EvidenceFamilies.installed().all().stream()
          .flatMap(family -> family.keyServices().stream())
          .toList();
  private @Nullable CommandSpec command;

  /** Starts the input of a command. */
  public KeyServiceInput() {}

  /** Adds {@code --service} to the command that has this input. */
  @Spec(Spec.Target.MIXEE)
  void addTo(CommandSpec owner) {
    this.command = owner;
    owner.addOption(
        OptionSpec.builder(SERVICE)
            .type(String.class)
            .arity("1")
            .paramLabel("NAME")
            .defaultValue(STANDARD)
            .description(
                "Service that signs the tokens. "
                    + services.stream()
                        .map(service -> service.name() + ": " + service.text())
                        .collect(Collectors.joining("; "))
                    + ". Default: "
                    + STANDARD
                    + ".")
            .build());
  }

  /** Returns the service that the user named. */
  public KeyService service() {
    if (command == null) {
      throw new IllegalStateException("this input belongs to no command");
    }
    String name = command.findOption(SERVICE).getValue();
    CommandLine line = command.commandLine();
    return services.stream()
        .filter(service -> service.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandLine.ParameterException(
                    line,
                    SERVICE
                        + ": expected one of "
                        + services.stream().map(KeyService::name).toList()
                        + ", was "
                        + name));
  }
}
