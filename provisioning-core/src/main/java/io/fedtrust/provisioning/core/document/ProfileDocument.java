// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.HostName;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.model.Scheme;
import io.fedtrust.provisioning.model.ServerEndpoint;
import java.nio.file.Path;
import java.util.Arrays;

/** {@code project_profile.yaml}. */
public final class ProfileDocument {
  private ProfileDocument() {}

  /** Reads everything an approval needs. */
  public static ProjectProfile read(Path file) {
    Fields fields = open(file);
    fields.require("name", "scheme", "connection_security", "server");
    String name = projectName(fields);
    Scheme scheme =
        Scheme.of(fields.text("scheme").strip())
            .orElseThrow(() -> fields.wrong("scheme", "one of grpc, tcp, http"));
    ConnectionSecurity security =
        ConnectionSecurity.of(fields.text("connection_security").strip())
            .orElseThrow(
                () ->
                    fields.wrong(
                        "connection_security",
                        "one of "
                            + Arrays.stream(ConnectionSecurity.values())
                                .map(ConnectionSecurity::text)
                                .toList()));
    Fields server = fields.mapping("server");
    String host = server.text("host").strip();
    HostName.require(server.name("host"), host);
    int fedLearnPort = server.port("fed_learn_port");
    int adminPort =
        server.value("admin_port").isPresent() ? server.port("admin_port") : fedLearnPort;
    Object expected = fields.value("require_expected_key").orElse(false);
    if (!(expected instanceof Boolean requireExpectedKey)) {
      throw fields.wrong("require_expected_key", "true or false");
    }
    return new ProjectProfile(
        name,
        scheme,
        security,
        new ServerEndpoint(host, fedLearnPort, adminPort),
        requireExpectedKey);
  }

  /** Reads the project name alone. */
  public static String readName(Path file) {
    Fields fields = open(file);
    fields.require("name");
    return projectName(fields);
  }

  private static Fields open(Path file) {
    return Fields.ofYaml(
        DocumentFiles.yaml(file, ErrorCode.INVALID_ARGS), "profile ", ErrorCode.INVALID_ARGS);
  }

  private static String projectName(Fields fields) {
    if (!(fields.value("name").orElse("") instanceof String name)) {
      throw io.fedtrust.provisioning.error.ProvisioningException.refuse(
              ErrorCode.INVALID_PROJECT_NAME, fields.name("name"))
          .expected("text")
          .actual(fields.value("name").orElse(""))
          .build();
    }
    ProjectProfile.requireProjectName(name);
    return name;
  }
}
