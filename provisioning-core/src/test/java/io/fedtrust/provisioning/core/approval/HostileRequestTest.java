// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.ApprovalBuilder;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.Zips;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.document.Yaml;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.model.Scheme;
import io.fedtrust.provisioning.model.ServerEndpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests made by other tools than ours: what an approval makes of their site.yaml. */
class HostileRequestTest {
  private static final String HOST = "fl.example.org";
  private static final ProjectProfile PROFILE =
      new ProjectProfile(
          World.PROJECT,
          Scheme.GRPC,
          ConnectionSecurity.MTLS,
          new ServerEndpoint(HOST, 8002, 8003));

  @TempDir Path temp;
  private World world;
  private Path server;

  @BeforeEach
  void serverRequest() {
    world = new World(temp);
    server = world.request(new Participant.Server(HOST, "central")).requestZip();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[localhost]",
        "127.0.0.1",
        "[a.localhost]",
        "[169.254.169.254]",
        "[0.0.0.0]",
        "[224.0.0.1]",
        "[255.255.255.255]",
        "['0177.1']",
        "['2130706433']",
        "['*.example.org']",
        "[{a: b}]"
      })
  @DisplayName(
      "a server's request for names of no one host, or of every host, is refused at approval")
  void refusesHostNames(String hostNames) {
    site(server, "  host_names: " + hostNames + "\n");
    refused(ErrorCode.INVALID_ARGS, () -> approving(server).plan());
    refused(ErrorCode.INVALID_ARGS, () -> approving(server).write());
  }

  @Test
  @DisplayName("a name listed twice is in the certificate once, with a warning")
  void dropsDuplicates() {
    site(server, "  host_names: [A.example.org, a.example.org, FL.example.org, 10.0.0.7]\n");
    Approval approval = approving(server).write();
    assertThat(approval.subjectAlternativeNames())
        .containsExactly("DNS:" + HOST, "DNS:A.example.org", "IP:10.0.0.7");
    assertThat(world.warnings).filteredOn(text -> text.contains("twice")).hasSize(2);
  }

  @Test
  @DisplayName("more than 64 host names are refused, of whatever participant")
  void boundsHostNames() {
    String names = "  host_names: [" + "a,".repeat(64) + "a]\n";
    site(server, names);
    refused(ErrorCode.INVALID_ARGS, () -> approving(server).write());
    Path client = world.request(World.client("site-1")).requestZip();
    site(client, names);
    refused(ErrorCode.INVALID_ARGS, () -> approving(client).write());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "  default_host: [a]\n",
        "  default_host: a_b\n",
        "  default_host: 7\n",
        "description: [a]\n",
        "description: {a: b}\n"
      })
  @DisplayName("a member that would be signed and has the wrong type is refused")
  void refusesWrongTypes(String line) {
    site(server, line);
    refused(ErrorCode.INVALID_ARGS, () -> approving(server).write());
  }

  @Test
  @DisplayName("a description of 4096 characters is signed, one more is refused; so is a long role")
  void boundsTexts() throws IOException {
    site(server, "description: " + "ü".repeat(4097) + "\n");
    refused(ErrorCode.INVALID_ARGS, () -> approving(server).write());
    Path client = world.request(World.client("site-1")).requestZip();
    site(client, "  role: " + "x".repeat(65) + "\n");
    refused(ErrorCode.INVALID_ARGS, () -> approving(client).write());
    Path other = world.request(World.client("site-2")).requestZip();
    site(other, "description: " + "ü".repeat(4096) + "\n");
    Approval approval = approving(other).write();
    assertThat(Yaml.readMapping(Zips.read(approval.signedZip()).get("site.yaml")))
        .containsEntry("description", "ü".repeat(4096));
  }

  @Test
  @DisplayName("a list that is an alias is read, and the signed site.yaml has no alias")
  void resolvesAliases() throws IOException {
    site(server, "  more: &names [a.example.org]\n  host_names: *names\n");
    Approval approval = approving(server).write();
    String site =
        new String(Zips.read(approval.signedZip()).get("site.yaml"), StandardCharsets.UTF_8);
    assertThat(site).contains("a.example.org").doesNotContain("&", "*");
    assertThat(approval.subjectAlternativeNames()).contains("DNS:a.example.org");
  }

  static Stream<Supplier<Throwable>> failures() {
    return Stream.of(
        () -> new IllegalStateException("defect"),
        () -> new StackOverflowError(),
        () -> new OutOfMemoryError());
  }

  @ParameterizedTest
  @MethodSource("failures")
  @DisplayName("whatever fails while a request is read is a refusal of that request")
  void containsFailures(Supplier<Throwable> failure) {
    byte[] zip = VerifiedRequest.bytes(server);
    Jca failing = new Jca(Optional.of(new FailingProvider(failure)), new SecureRandom());
    refused(
        ErrorCode.INVALID_ARGS,
        () -> VerifiedRequest.of(zip, failing, new CheckProgress<>(RequestCheck.class)));
  }

  /** A provider that fails when it is asked for an algorithm. */
  private static final class FailingProvider extends Provider {
    private static final long serialVersionUID = 1L;
    private final transient Supplier<Throwable> failure;

    FailingProvider(Supplier<Throwable> failure) {
      super("Failing", "1", "fails");
      this.failure = failure;
    }

    @Override
    public Service getService(String type, String algorithm) {
      Throwable thrown = failure.get();
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) thrown;
    }
  }

  private ApprovalBuilder approving(Path zip) {
    return world.ca().approve(zip).against(PROFILE);
  }

  /** Adds to the site.yaml of a request, and corrects its hash. */
  private static void site(Path zip, String more) {
    Zips.change(
        zip,
        members -> {
          byte[] site =
              (new String(members.get("site.yaml"), StandardCharsets.UTF_8) + more)
                  .getBytes(StandardCharsets.UTF_8);
          members.put("site.yaml", site);
          try {
            Map<String, Object> json = Json.readObject(members.get("request.json"));
            json.put("site_yaml_sha256", Jca.sha256(site));
            members.put("request.json", Json.write(json));
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
