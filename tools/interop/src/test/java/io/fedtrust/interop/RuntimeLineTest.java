// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.core.document.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our data of a runtime line against a kit that the newest release of the line makes today. */
class RuntimeLineTest {
  @TempDir Path folder;

  @Test
  @DisplayName("Kits for the peer's line have its allow list, policy and identities")
  void kitsOfTheLine() throws Exception {
    Admin admin = new Admin(folder.resolve("admin"), "mtls", "00").makeAuthority(Tool.FEDTRUST);
    String line = line();
    for (Definition definition :
        List.of(
            new Definition("", "fl.example.org", "server", "central", "", List.of()),
            new Definition(
                "", "site-1", "client", "hospital", "", List.of("auth_identity: site-1-cert")))) {
      Path theirs = kit(admin, Tool.NVFLARE, definition);
      Path ours = kit(admin, Tool.FEDTRUST, definition, "--runtime-line", line);
      String policy = "local/authorization.json.default";
      assertThat(json(ours, policy)).as(line).isEqualTo(json(theirs, policy));
      String resources = "local/resources.json.default";
      assertThat(json(ours, resources).get("class_allow_list"))
          .as(line)
          .isNotNull()
          .isEqualTo(json(theirs, resources).get("class_allow_list"));
      String startup = "startup/fed_" + definition.type() + ".json";
      assertThat(json(ours, startup))
          .isEqualTo(
              line.equals("2.8") && definition.type().equals("client")
                  ? withIdentity(json(theirs, startup))
                  : json(theirs, startup));
    }
  }

  /** Approved by the peer, which gives one name to the keys of both tools. */
  private Path kit(Admin authority, Tool tool, Definition definition, String... options)
      throws Exception {
    Site site = new Site(tool, folder.resolve(tool + "-" + definition.name()), definition);
    Path request = site.request();
    authority.approve(Tool.NVFLARE, definition, request, "--force").succeeded();
    return site.kit(
        authority.signedZip(definition), authority.fingerprint(), authority.version(), options);
  }

  /** Line 2.8 neither writes nor reads auth_identity; ours is written as by 2.9. */
  private static Map<String, Object> withIdentity(Map<String, Object> configuration) {
    @SuppressWarnings("unchecked")
    Map<String, Object> client = (Map<String, Object>) configuration.get("client");
    client.put("auth_identity", "site-1-cert");
    client.put("auth_identity_map", Map.of("site-1", "site-1-cert"));
    return configuration;
  }

  /** The line of the peer that is installed, for example 2.9. */
  private String line() {
    String version =
        Command.run(
                folder,
                folder.resolve("home"),
                List.of(
                    Tool.peer().resolve("bin/python").toString(),
                    "-c",
                    "import importlib.metadata; print(importlib.metadata.version('nvflare'))"))
            .succeeded()
            .output()
            .strip();
    return version.replaceFirst("^(\\d+\\.\\d+)\\..*$", "$1");
  }

  private static Map<String, Object> json(Path kit, String file) throws IOException {
    return Json.readObject(Files.readAllBytes(kit.resolve(file)));
  }
}
