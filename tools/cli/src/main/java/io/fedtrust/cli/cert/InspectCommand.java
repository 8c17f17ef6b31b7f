// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.ProvisioningAction;
import io.fedtrust.provisioning.Inspector;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.Inspection;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cert inspect}. */
@Command(
    name = "inspect",
    description = {
      "Show what a file or folder contains, and make the checks that its use would make.",
      "It may be a request zip, a signed zip, a CA folder, a request folder or a kit. "
          + "Each fact is shown with its origin: signed by the CA, requested by "
          + "the sender, or local to this machine. Exit status: 0 if no check failed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  fedtrust cert inspect hospital-a.request.zip --ca-dir ./ca --profile project_profile.yaml",
      "  fedtrust cert inspect hospital-a.signed.zip --fingerprint SHA256:AA:BB:...",
      "  fedtrust cert inspect ./ca"
    })
final class InspectCommand extends ProvisioningAction {
  @Parameters(paramLabel = "FILE", description = "The file or folder.")
  Path input = Path.of("");

  @Option(
      names = {"-c", "--ca-dir"},
      paramLabel = "DIR",
      description = "The CA folder with which to check a request.")
  Optional<Path> caDir = Optional.empty();

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description = "The project profile against which to check a request.")
  Optional<Path> profile = Optional.empty();

  @Option(
      names = "--request-dir",
      paramLabel = "DIR",
      description = "The request folder with which to check a signed zip.")
  Optional<Path> requestDir = Optional.empty();

  @Option(
      names = {"--fingerprint", "--expected-fingerprint"},
      paramLabel = "FP",
      description = "The root CA's fingerprint, received on another channel.")
  Optional<String> fingerprint = Optional.empty();

  @Option(
      names = "--allow-group",
      description = "Accept a CA folder and key that their group may read or write.")
  boolean allowGroup;

  InspectCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("kind", "facts", "sources", "checks");
  }

  @Override
  protected Map<String, Object> perform(ProvisioningEngine engine) {
    Inspector inspector = engine.inspect(environment().resolve(input));
    caDir.map(environment()::resolve).ifPresent(inspector::caFolder);
    profile.map(environment()::resolve).ifPresent(inspector::profile);
    requestDir.map(environment()::resolve).ifPresent(inspector::requestFolder);
    fingerprint.ifPresent(inspector::fingerprint);
    if (allowGroup) {
      inspector.allowGroup();
    }
    Inspection inspection = inspector.inspect();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("kind", inspection.kind().name().toLowerCase(Locale.ROOT));
    data.put("facts", inspection.facts());
    data.put("sources", sources(inspection));
    data.put("checks", inspection.checks().stream().map(InspectCommand::check).toList());
    if (!inspection.sound()) {
      throw new PartialFailure(failure(inspection), data);
    }
    return data;
  }

  /** Who vouches for each fact: {@code signed}, {@code requested} or {@code local}. */
  private static Map<String, Object> sources(Inspection inspection) {
    Map<String, Object> sources = new LinkedHashMap<>();
    inspection
        .sources()
        .forEach((fact, source) -> sources.put(fact, source.name().toLowerCase(Locale.ROOT)));
    return sources;
  }

  private static Map<String, Object> check(Inspection.Check check) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("result", check.outcome().name().toLowerCase(Locale.ROOT));
    entry.put("check", check.name());
    if (!check.detail().isEmpty()) {
      entry.put("detail", check.detail());
    }
    check.code().ifPresent(code -> entry.put("error_code", code));
    return entry;
  }

  private static CommandOutput.Failure failure(Inspection inspection) {
    Inspection.Check first =
        inspection.checks().stream()
            .filter(check -> check.outcome() == Inspection.Outcome.FAILED)
            .findFirst()
            .orElseThrow();
    ErrorCode code = ErrorCode.valueOf(first.code().orElse(ErrorCode.INTERNAL_ERROR.name()));
    return new CommandOutput.Failure(code.name(), code.exitStatus(), first.detail(), code.hint());
  }
}
