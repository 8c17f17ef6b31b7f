// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import io.fedtrust.provisioning.core.document.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** A federation that NVFlare's own {@code provision} command made, with keys and all. */
record CentralProvisioning(Path folder, String project) {
  private static final String BUILDERS =
      """
      builders:
        - path: nvflare.lighter.impl.workspace.WorkspaceBuilder
        - path: nvflare.lighter.impl.static_file.StaticFileBuilder
          args: {config_folder: config, scheme: tcp}
        - path: nvflare.lighter.impl.cert.CertBuilder
      """;

  /** Runs the command. */
  static CentralProvisioning of(Path folder, String project, String participants)
      throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("project.yml"),
        "api_version: 3\nname: " + project + "\nparticipants:\n" + participants + BUILDERS);
    Tool.NVFLARE
        .run(folder, "provision", "-p", "project.yml", "-w", "workspace", "--force")
        .succeeded();
    return new CentralProvisioning(folder, project);
  }

  Path kit(String name) {
    return folder.resolve("workspace").resolve(project).resolve("prod_00").resolve(name);
  }

  /** Writes its root CA as a CA folder, for the approval of further participants. */
  void authority(Path target) throws Exception {
    Map<String, Object> state =
        Json.readObject(
            Files.readAllBytes(
                folder.resolve("workspace").resolve(project).resolve("state/cert.json")));
    Files.createDirectories(target);
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
    Path key = target.resolve("rootCA.key");
    Files.createFile(
        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, state.get("root_pri_key").toString());
    Path certificate = target.resolve("rootCA.pem");
    Files.writeString(certificate, state.get("root_cert").toString());
    Files.write(
        target.resolve("ca.json"),
        Json.write(
            Map.of(
                "project",
                project,
                "created_at",
                "2026-11-28T00:00:00Z",
                "provision_version",
                "00",
                "rootCA_fingerprint",
                Kits.fingerprint(certificate).toString())));
  }
}
