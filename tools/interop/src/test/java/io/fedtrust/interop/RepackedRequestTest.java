// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.Provisioning;
import io.fedtrust.provisioning.model.ProjectProfile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Requests of NVFlare in zips of other tools: sites unpack them to look, and pack them again. */
class RepackedRequestTest {
  @TempDir Path folder;

  /**
   * A tool that packs the files of the working folder.
   *
   * @param command for the shell; writes {@code $TARGET}, and {@code $PYTHON} is the peer's
   */
  private record Packer(String name, String command) {
    static List<Packer> all() {
      return List.of(
          new Packer("zipfile, stored", zipfile("os.environ[\"TARGET\"]", "ZIP_STORED")),
          new Packer("zipfile, deflated", zipfile("os.environ[\"TARGET\"]", "ZIP_DEFLATED")),
          new Packer(
              "zipfile to a pipe",
              zipfile("sys.stdout.buffer", "ZIP_DEFLATED") + " | cat > \"$TARGET\""),
          new Packer("zip", "zip -q \"$TARGET\" *"),
          new Packer("zip to a pipe", "zip -q - * | cat > \"$TARGET\""));
    }

    private static String zipfile(String target, String method) {
      return """
          "$PYTHON" -c '
          import os, sys, zipfile
          with zipfile.ZipFile(%s, "w", zipfile.%s) as z:
              for name in sorted(os.listdir(".")):
                  z.write(name)
          '"""
          .formatted(target, method);
    }

    boolean isInstalled() {
      return name.startsWith("zipfile")
          || Stream.of(System.getenv("PATH").split(":"))
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, "zip")));
    }
  }

  @TestFactory
  @DisplayName("A request of NVFlare is approved from a zip of another tool")
  Stream<DynamicTest> repacked() throws Exception {
    Admin admin = new Admin(folder.resolve("admin"), "mtls", "00").makeAuthority(Tool.FEDTRUST);
    ProjectProfile profile =
        Provisioning.readProfile(admin.folder().resolve("fl.example.org.yaml"));
    CertificateAuthority authority = CertificateAuthority.open(admin.authority());
    Definition definition =
        new Definition("", "hospital-a", "client", "hospital_alpha", "", List.of());
    Path request = new Site(Tool.NVFLARE, folder.resolve("site"), definition).request();
    Path members = Files.createDirectories(folder.resolve("members"));
    shell(members, folder, "\"$PYTHON\" -m zipfile -e " + request + " .").succeeded();

    return Packer.all().stream()
        .map(
            packer ->
                DynamicTest.dynamicTest(
                    packer.name(),
                    () -> {
                      assumeTrue(packer.isInstalled(), "zip is not installed");
                      Path zip = Files.createTempDirectory(folder, "zip").resolve("r.zip");
                      shell(members, zip, packer.command()).succeeded();
                      ApprovalPlan plan = authority.approve(zip).against(profile).plan();
                      assertThat(plan.request().name()).isEqualTo("hospital-a");
                    }));
  }

  private Command.Answer shell(Path folder, Path zip, String command) {
    return Command.run(
        folder,
        this.folder.resolve("home"),
        List.of(
            "env",
            "TARGET=" + zip,
            "PYTHON=" + Tool.peer().resolve("bin/python"),
            "bash",
            "-o",
            "pipefail",
            "-c",
            command));
  }
}
