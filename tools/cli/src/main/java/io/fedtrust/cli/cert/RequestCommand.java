// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.PeerAction;
import io.fedtrust.provisioning.JobCaRequest;
import io.fedtrust.provisioning.JobCaRequestBuilder;
import io.fedtrust.provisioning.RequestBuilder;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.nio.file.Files;
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
    description = {
      "Make a key pair and the request zip to send. The private key stays on this machine.",
      "With --job-ca, also make both for a server's job CA."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  fedtrust cert request --example",
      "  fedtrust cert request --participant hospital-a.yaml",
      "  fedtrust cert request -p hospital-a.yaml --out /secure/hospital-a",
      "  fedtrust cert request -p server.yaml --job-ca"
    })
final class RequestCommand extends PeerAction {
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
      description = "Replace an earlier key and request, which are backed up.")
  boolean force;

  @Option(
      names = "--job-ca",
      description =
          "Also make the key and companion request of a server's job CA. If the folder has the "
              + "server's request already, that stays as it is, and --force replaces only the job CA's.")
  boolean jobCa;

  @Option(
      names = "--example",
      help = true,
      description = "Write site.yaml with comments into this folder, and do nothing else.")
  boolean example;

  RequestCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  public List<String> peerOptions() {
    return List.of(
        "--participant", "--out", "--force", "--format", "--schema", "--help", "--output");
  }

  @Override
  protected List<String> outputFields() {
    return List.of(
        "name",
        "project",
        "request_zip",
        "request_id",
        "public_key_sha256",
        "comparison_code",
        "audit",
        "next_step",
        "job_ca_request_zip",
        "job_ca_request_id",
        "job_ca_public_key_sha256",
        "job_ca_comparison_code",
        "example");
  }

  @Override
  protected Map<String, Object> perform(ProvisioningEngine engine) {
    if (example) {
      return ExampleFile.SITE.writeTo(environment().workingFolder());
    }
    ParticipantDefinition definition = engine.readDefinition(environment().resolve(participant));
    String name = definition.participant().name();
    Path folder = environment().resolve(out.orElse(Path.of(name)));
    if (jobCa) {
      requireServer(definition);
      if (Files.exists(folder.resolve(name + ".request.zip"))) {
        return companion(engine, folder, new LinkedHashMap<>());
      }
    }
    RequestBuilder builder = engine.request(definition);
    if (force) {
      builder.force();
    }
    Map<String, Object> data = request(definition, builder.writeTo(folder));
    return jobCa ? companion(engine, folder, data) : data;
  }

  private static void requireServer(ParticipantDefinition definition) {
    CertType type = definition.participant().certType();
    if (type != CertType.SERVER) {
      throw refuse(ErrorCode.INVALID_ARGS, "--job-ca")
          .problem("needs the definition of a server, and this is that of a " + type.text())
          .build();
    }
  }

  private Map<String, Object> companion(
      ProvisioningEngine engine, Path folder, Map<String, Object> data) {
    JobCaRequestBuilder builder = engine.jobCaRequest(folder);
    if (force) {
      builder.force();
    }
    JobCaRequest request = builder.write();
    data.putIfAbsent("name", request.server().name());
    data.putIfAbsent("project", request.project());
    data.put("job_ca_request_zip", request.requestZip());
    data.put("job_ca_request_id", request.requestId());
    data.put("job_ca_public_key_sha256", request.publicKey().hex());
    data.put("job_ca_comparison_code", request.publicKey().comparisonCode());
    boolean both = data.containsKey("request_zip");
    data.put(
        "next_step",
        "Send "
            + (both ? request.server().name() + ".request.zip and " : "")
            + request.requestZip().getFileName()
            + " to your project admin; keep the rest here. Tell the admin "
            + (both ? "both comparison codes" : "the comparison code")
            + " out of band. The job CA can be approved once the server is.");
    return data;
  }

  private static Map<String, Object> request(
      ParticipantDefinition definition, RequestFolder request) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("name", definition.participant().name());
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
