// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An input file with comments, for a person to fill in.
 *
 * @param name of the file
 * @param text what it says
 * @param next the command that reads it
 */
record ExampleFile(String name, String text, String next) {
  /** What the project admin decides for all. */
  static final ExampleFile PROFILE =
      new ExampleFile(
          "project_profile.yaml",
          """
          # The profile of a project. The project admin writes it; everyone gets its values in signed form.
          name: my_federation             # letters, digits, '.', '_' and '-'
          scheme: grpc                    # grpc, tcp or http
          connection_security: mtls       # mtls, tls or clear
          server:
            host: fl.example.org          # every site must reach the server by this name
            fed_learn_port: 8002
            admin_port: 8003              # without it, the same as fed_learn_port
          # require_expected_key: true    # approve a request only with the key that its site told you
          """,
          "fedtrust cert init --profile project_profile.yaml -o ./ca");

  /** What one participant says of itself. */
  static final ExampleFile SITE =
      new ExampleFile(
          "site.yaml",
          """
          # The definition of one participant. Its site writes it and makes the request from it.
          name: my_federation             # the project, as in the project admin's profile
          participants:
            - name: hospital-a            # a server: server.host of the profile; an admin: an e-mail address
              type: client                # client, server or admin
              org: hospital_alpha
              # role: lead                # of an admin: lead, member or org_admin
              # host_names: [10.0.0.5]    # of a server: further names and addresses
          """,
          "fedtrust cert request --participant site.yaml");

  /** Writes it into a folder; an existing file is never replaced. */
  Map<String, Object> writeTo(Path folder) {
    Path file = folder.resolve(name);
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw refuse(ErrorCode.OUTPUT_DIR_EXISTS, file.toString())
          .problem("this file already exists")
          .hint("Rename or remove it, or run the command in another folder.")
          .cause(e)
          .build();
    } catch (IOException e) {
      throw refuse(ErrorCode.OUTPUT_DIR_NOT_WRITABLE, file.toString())
          .problem("cannot be written")
          .cause(e)
          .build();
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("example", file);
    data.put("next_step", "Edit " + name + ", then run: " + next);
    return data;
  }
}
