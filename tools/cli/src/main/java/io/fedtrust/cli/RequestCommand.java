// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import io.fedtrust.provisioning.RequestBuilder;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cert request}. */
@Command(
    name = "request",
    description = "Make a key pair, which stays here, and the request zip to send.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  fedtrust cert request --participant hospital-a.yaml",
      "  fedtrust cert request -p hospital-a.yaml --out /secure/hospital-a"
    })
final class RequestCommand extends ProvisioningAction {
  @Option(
      names = {"-p", "--participant"},
      required = true,
      paramLabel = "FILE",
      description = "The participant definition.")
  Path participant = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The request folder. Default: ./<name>.")
  Optional<Path> out = Optional.empty();

  @Option(
      names = "--force",
      description = "Make a new key and request over an earlier one, which is backed up.")
  boolean force;

  RequestCommand(Cli cli) {
    super(cli);
  }

  @Override
  List<String> outputFields() {
    return List.of(
        "name",
        "project",
        "request_zip",
        "request_id",
        "public_key_sha256",
        "comparison_code",
        "audit",
        "next_step");
  }

  @Override
  Map<String, Object> perform(ProvisioningEngine engine) {
    ParticipantDefinition definition = engine.readDefinition(surroundings().resolve(participant));
    String name = definition.participant().name();
    RequestBuilder builder = engine.request(definition);
    if (force) {
      builder.force();
    }
    RequestFolder request = builder.writeTo(surroundings().resolve(out.orElse(Path.of(name))));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("name", name);
    data.put("project", definition.project());
    data.put("request_zip", request.requestZip());
    data.put("request_id", request.metadata().requestId());
    KeyFingerprint key = new KeyFingerprint(request.metadata().publicKeySha256());
    data.put("public_key_sha256", key.hex());
    data.put("comparison_code", key.comparisonCode());
    data.put("audit", request.audit().map(Path::toString).orElse("(not written)"));
    data.put(
        "next_step",
        "Send "
            + request.requestZip().getFileName()
            + " to your project admin; keep the rest here. Tell the admin the comparison code or"
            + " public_key_sha256 out of band, for example by phone.");
    return data;
  }
}
