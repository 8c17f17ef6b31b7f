// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.CliEnvironment;
import io.fedtrust.cli.Days;
import io.fedtrust.provisioning.ApprovalOptions;
import io.fedtrust.provisioning.JobCaApproving;
import io.fedtrust.provisioning.SingleApproval;
import io.fedtrust.provisioning.model.ComparableName;
import io.fedtrust.provisioning.model.KeyFingerprint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Stack;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of {@code cert approve}. */
final class ApproveOptions {
  private static final String ANY = "";

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  @Mixin CaOptions ca = new CaOptions();

  @Option(
      names = "--profile",
      required = true,
      paramLabel = "FILE",
      description = "The project profile.")
  Path profile = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "The signed zip, or with --all a folder. Default: <name>.signed.zip beside the request.")
  Optional<Path> out = Optional.empty();

  @Option(
      names = "--valid-days",
      paramLabel = "N",
      description = "Validity in days, never beyond the CA's. Default: 1095, and 360 for a job CA.")
  Optional<Integer> validDays = Optional.empty();

  @Option(
      names = "--force",
      description =
          "Approve again a request that was approved before. Existing output is backed up and replaced.")
  boolean force;

  @Option(
      names = "--renew",
      arity = "0..1",
      fallbackValue = ANY,
      parameterConsumer = OptionalSerial.class,
      paramLabel = "SERIAL",
      description =
          "Give a new certificate to a name that still has a valid one. SERIAL (0x and hex) names the "
              + "certificate to replace. If no question is asked, --expect-key is required, except "
              + "when the request uses the same key.")
  Optional<String> renew = Optional.empty();

  @Option(
      names = "--expect-key",
      paramLabel = "KEY",
      description =
          "Sign only for this public key: the public_key_sha256 that 'cert request' printed. With "
              + "--all, NAME=KEY, which also allows privileged types and renewals. Repeatable with --all.")
  List<String> expectKeys = new ArrayList<>();

  @Option(
      names = "--confirm",
      description =
          "Sign only with --expect-key. The profile's require_expected_key: true does the same.")
  boolean confirm;

  @Option(
      names = "--yes",
      description =
          "Do not ask before signing. No question is asked either with --expect-key, --all or "
              + "--format json, if CI is set, or if stdin or stderr is not a terminal.")
  boolean yes;

  @Option(
      names = "--all",
      description =
          "Approve every *.request.zip of a folder. Servers, org_admins, leads and renewals are left "
              + "out unless --expect-key names their key.")
  boolean all;

  @Option(
      names = "--job-ca",
      description =
          "Approve the companion request for a server's job CA. Needs --accept-job-ca-risk.")
  boolean jobCa;

  @Option(
      names = "--accept-job-ca-risk",
      description = "With --job-ca: accept that " + JobCaApproving.RISK + ".")
  boolean acceptJobCaRisk;

  @Option(names = "--dry-run", description = "Make every check and show the plan. Write nothing.")
  boolean dryRun;

  @Mixin DecisionOptions decision = new DecisionOptions();

  /** Takes the next word only if it is a serial number: it may be the request zip. */
  static final class OptionalSerial implements CommandLine.IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
      boolean serial = !words.isEmpty() && words.peek().matches("0[xX][0-9a-fA-F]+");
      option.setValue(Optional.of(serial ? words.pop() : ANY));
    }
  }

  /** Refuses options that do not go together. */
  void requireConsistent() {
    Optional<Duration> unused = validity();
    if (all && renew.isPresent()) {
      throw usage("--renew does not go with --all: name the key with --expect-key NAME=KEY");
    }
    if (!all && expectKeys.size() > 1) {
      throw usage("--expect-key can be given once");
    }
    if (all && jobCa) {
      throw usage("--job-ca does not go with --all: approve each companion request alone");
    }
    if (acceptJobCaRisk && !jobCa) {
      throw usage("--accept-job-ca-risk goes with --job-ca");
    }
  }

  private Optional<Duration> validity() {
    return validDays.map(days -> Days.validity("--valid-days", days));
  }

  /** Sets what every approval takes. */
  <T extends ApprovalOptions<T>> T applyTo(T approving, CliEnvironment environment) {
    approving.against(environment.resolve(profile));
    validity().ifPresent(approving::validFor);
    if (force) {
      approving.force();
    }
    if (confirm) {
      approving.requireExpectedKey();
    }
    decision.approver.person.ifPresent(approving::approver);
    decision.note.ifPresent(approving::note);
    return approving;
  }

  /** Sets what the approval of one request takes besides. */
  <T extends SingleApproval<T, R>, R> T applyToOne(T approving, CliEnvironment environment) {
    renew.ifPresent(
        serial -> {
          if (serial.equals(ANY)) {
            approving.renew();
          } else {
            approving.renew(serial);
          }
        });
    expectKeys.stream().map(KeyFingerprint::parse).forEach(approving::expectKey);
    return applyTo(approving, environment);
  }

  /** Reads every {@code NAME=KEY}. */
  Map<String, KeyFingerprint> namedKeys() {
    Map<String, KeyFingerprint> keys = new LinkedHashMap<>();
    Set<ComparableName> names = new HashSet<>();
    for (String word : expectKeys) {
      int equals = word.indexOf('=');
      String name = word.substring(0, Math.max(0, equals));
      if (equals < 1 || name.equalsIgnoreCase("sha256")) {
        throw usage("with --all, --expect-key takes NAME=KEY, for example site-1=SHA256:AA:BB:...");
      }
      if (!names.add(ComparableName.of(name))) {
        throw usage("--expect-key names " + name + " twice");
      }
      keys.put(name, KeyFingerprint.parse(word.substring(equals + 1)));
    }
    return keys;
  }

  private CommandLine.ParameterException usage(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }
}
