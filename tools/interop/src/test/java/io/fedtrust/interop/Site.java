// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A participant's folder: its definition, its request folder and its workspace.
 *
 * @param tool the command line of this participant
 */
record Site(Tool tool, Path folder, Definition definition) {
  private static final String REQUEST_FOLDER = "request";

  /** Makes a key and a request, and returns the request zip. */
  Path request(String... options) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("site.yaml"), definition.yaml(Admin.PROJECT));
    run(options, "cert", "request", "--participant", "site.yaml", "--out", REQUEST_FOLDER);
    return requestFolder().resolve(definition.name() + ".request.zip");
  }

  /** Packages an approval, and returns the kit's folder in {@code prod_NN}. */
  Path kit(Path signedZip, Fingerprint fingerprint, String version, String... options)
      throws IOException {
    String received = definition.name() + ".signed.zip";
    Files.copy(signedZip, folder.resolve(received), StandardCopyOption.REPLACE_EXISTING);
    run(
        options,
        "package",
        received,
        "--fingerprint",
        fingerprint.toString(),
        "--request-dir",
        REQUEST_FOLDER,
        "--workspace",
        "workspace");
    return folder
        .resolve("workspace")
        .resolve(Admin.PROJECT)
        .resolve("prod_" + version)
        .resolve(definition.name());
  }

  Path requestFolder() {
    return folder.resolve(REQUEST_FOLDER);
  }

  private void run(String[] options, String... command) {
    List<String> all = new ArrayList<>(Arrays.asList(command));
    all.addAll(Arrays.asList(options));
    tool.run(folder, all.toArray(String[]::new)).succeeded();
  }
}
