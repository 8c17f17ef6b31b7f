// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.cli.Days;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.PeerAction;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.KeyType;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cert init}. */
@Command(
    name = "init",
    description = "Make the project's root CA, once for a federation.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  fedtrust cert init --example",
      "  fedtrust cert init --profile project_profile.yaml -o ./ca",
      "  fedtrust cert init --profile project_profile.yaml -o ./ca --deploy-version 01 --force"
    })
final class InitCommand extends PeerAction {
  @Option(
      names = "--profile",
      required = true,
      paramLabel = "FILE",
      description = "The project profile; only its name is used.")
  Path profile = Path.of("");

  @Option(
      names = {"-o", "--output-dir"},
      required = true,
      paramLabel = "DIR",
      description = "The CA folder, made with mode 0700 if missing.")
  Path outputDir = Path.of("");

  @Option(
      names = "--org",
      paramLabel = "ORG",
      description =
          "Organization in the name of the root certificate. NVFlare's 'cert approve' cannot use such"
              + " a CA.")
  Optional<String> org = Optional.empty();

  @Option(
      names = "--valid-days",
      defaultValue = "3650",
      paramLabel = "N",
      description = "Validity of the root in days. Default: ${DEFAULT-VALUE}.")
  int validDays;

  @Option(
      names = "--deploy-version",
      defaultValue = "00",
      paramLabel = "NN",
      description = "Generation of the CA; kits go to prod_NN. Default: ${DEFAULT-VALUE}.")
  String deployVersion = "";

  @Option(
      names = "--key-type",
      defaultValue = "rsa:3072",
      paramLabel = "TYPE",
      description = "rsa:2048, rsa:3072 or rsa:4096. Default: ${DEFAULT-VALUE}.")
  String keyType = "";

  @Option(
      names = "--force",
      description =
          "Roll over: back up the existing CA, which must have another deploy version, and make a new"
              + " one.")
  boolean force;

  @Option(
      names = "--key-passphrase-file",
      paramLabel = "FILE",
      description = {
        "Encrypt the CA key with the first line of FILE, at least 12 characters. NVFlare cannot"
            + " read it then."
      })
  Optional<Path> passphraseFile = Optional.empty();

  @Option(
      names = "--example",
      help = true,
      description =
          "Write project_profile.yaml with comments into this folder, and do nothing else.")
  boolean example;

  InitCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  public List<String> peerOptions() {
    return List.of(
        "--profile",
        "--output-dir",
        "--org",
        "--valid-days",
        "--deploy-version",
        "--force",
        "--format",
        "--schema",
        "--help",
        "--output");
  }

  @Override
  protected List<String> outputFields() {
    return List.of(
        "ca_cert",
        "project",
        "provision_version",
        "rootca_fingerprint_sha256",
        "subject_cn",
        "valid_until",
        "project_profile",
        "example",
        "next_step");
  }

  private KeyType keyType() {
    return KeyType.of(keyType)
        .orElseThrow(
            () ->
                refuse(ErrorCode.INVALID_ARGS, "--key-type")
                    .expected(
                        Stream.of(KeyType.values())
                            .map(KeyType::text)
                            .collect(Collectors.joining(", ")))
                    .actual(keyType)
                    .build());
  }

  @Override
  protected Map<String, Object> perform(ProvisioningEngine engine) {
    if (example) {
      return ExampleFile.PROFILE.writeTo(environment().workingFolder());
    }
    Duration validity = Days.validity("--valid-days", validDays);
    Path profileFile = environment().resolve(profile);
    Path folder = environment().resolve(outputDir);
    CertificateAuthority.Creation creation =
        engine
            .createAuthority(engine.readProjectName(profileFile))
            .deployVersion(deployVersion)
            .validFor(validity)
            .keyType(keyType())
            .profilePath(profileFile);
    org.ifPresent(creation::organization);
    if (force) {
      creation.force();
    }
    passphraseFile.map(environment()::resolve).ifPresent(creation::passphraseFile);
    CertificateAuthority ca = creation.in(folder);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("ca_cert", folder.resolve("rootCA.pem"));
    data.put("project", ca.project());
    data.put("provision_version", ca.deployVersion());
    data.put("rootca_fingerprint_sha256", ca.fingerprint());
    data.put("subject_cn", ca.project());
    data.put("valid_until", Days.text(ca.rootCertificate().getNotAfter().toInstant()));
    data.put("project_profile", profileFile);
    return data;
  }
}
