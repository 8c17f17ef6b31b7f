// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of each value that an inspection shows, it says who vouches for it. */
class InspectCommandTest {
  @TempDir Path temp;
  private Shell shell;

  @BeforeEach
  void federation() {
    shell = new Shell(temp);
    shell.writeFederation();
    shell.write(
        "localhost.yaml",
        """
        name: fed
        participants:
          - name: localhost
            type: server
            org: central
            host_names: [fl.example.org]
            connection_security: clear
        builders:
          - path: nvflare.lighter.impl.workspace.WorkspaceBuilder
        """);
    run("cert init --profile project_profile.yaml -o ca --key-type rsa:2048");
    run("cert request -p localhost.yaml");
    run("cert approve localhost/localhost.request.zip -c ca --profile project_profile.yaml");
    run("package localhost/localhost.signed.zip");
  }

  private Shell.Result run(String command) {
    Shell.Result result = shell.run(command);
    assertThat(result.exit()).as(result.out() + result.err()).isZero();
    return result;
  }

  /** The lines below a heading of the answer. */
  private static Map<String, String> section(String answer, String heading) {
    return answer
        .lines()
        .dropWhile(line -> !line.equals(heading + ":"))
        .skip(1)
        .takeWhile(line -> line.startsWith("  "))
        .map(line -> line.strip().split(": ", 2))
        .collect(
            Collectors.toMap(
                parts -> parts[0], parts -> parts[1], (a, b) -> a, LinkedHashMap::new));
  }

  /** The names of the facts that come from a source; every fact has exactly one. */
  private Map<String, List<String>> bySource(String command) {
    String answer = run(command).out();
    Map<String, String> facts = section(answer, "facts");
    Map<String, String> sources = section(answer, "sources");
    assertThat(sources.keySet()).isEqualTo(facts.keySet()).isNotEmpty();
    return sources.entrySet().stream()
        .collect(
            Collectors.groupingBy(
                Map.Entry::getValue, Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
  }

  @Test
  @DisplayName("inspect says of each value whether it is signed, requested or local")
  void signedAndLocal() {
    assertThat(bySource("cert inspect localhost/localhost.request.zip"))
        .containsOnlyKeys("requested")
        .hasEntrySatisfying(
            "requested", names -> assertThat(names).contains("name", "org", "cert_type"));
    assertThat(
            bySource(
                "cert inspect localhost/localhost.request.zip -c ca --profile project_profile.yaml"))
        .hasEntrySatisfying("local", names -> assertThat(names).containsExactly("would_sign"));

    List<String> signed =
        List.of(
            "request_id",
            "approved_at",
            "project",
            "name",
            "org",
            "cert_type",
            "endpoint",
            "admin_port",
            "default_connection_security",
            "provision_version",
            "serial",
            "subject_alternative_names",
            "rootca_fingerprint_sha256",
            "valid_from",
            "valid_until");
    assertThat(bySource("cert inspect localhost/localhost.signed.zip"))
        .isEqualTo(Map.of("signed", signed));
    assertThat(bySource("cert inspect localhost/localhost.signed.zip --request-dir localhost"))
        .isEqualTo(
            Map.of("signed", signed, "local", List.of("own_connection_security", "builders")));

    assertThat(bySource("cert inspect localhost"))
        .containsOnlyKeys("requested", "local")
        .containsEntry("local", List.of("own_connection_security", "builders"));
    assertThat(bySource("cert inspect workspace/fed/prod_00/localhost"))
        .isEqualTo(
            Map.of(
                "signed",
                List.of("name", "org", "cert_type", "subject_alternative_names", "valid_until"),
                "local",
                List.of(
                    "project", "endpoint", "connection_security", "rootca_fingerprint_sha256")));
    assertThat(bySource("cert inspect ca")).containsOnlyKeys("local");

    assertThat(run("cert inspect localhost/localhost.signed.zip --format json").out())
        .contains("\"sources\":{\"request_id\":\"signed\",\"approved_at\":\"signed\",");
  }
}
