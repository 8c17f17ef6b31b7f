// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the job store of a server's existing kit where the new kit would not look for it: kits made
 * by NVFlare and by FedTrust 0.1 name it by an absolute path.
 */
final class FormerStorage {
  /** {@code sub_start.sh} marks with this member what it writes. */
  private static final String MARK = "_written_by";

  private FormerStorage() {}

  /** Returns what to tell; empty if the new kit keeps its jobs where the existing one does. */
  static Optional<String> leftBehind(Path kit) {
    Path local = kit.resolve("local");
    Optional<Map<String, Object>> own =
        read(local.resolve("resources.json")).filter(resources -> !resources.containsKey(MARK));
    Path now = kit.resolve(Resources.JOBS);
    return own.isPresent()
        ? Optional.empty()
        : read(local.resolve("resources.json.default"))
            .flatMap(FormerStorage::jobs)
            .filter(jobs -> jobs.startsWith("/") && !jobs.equals(now.toString()))
            .map(
                jobs ->
                    "the existing kit keeps its jobs in "
                        + jobs
                        + ", which stays; the new kit keeps them in "
                        + now
                        + ". To keep the earlier jobs, copy that folder there before you start the"
                        + " server");
  }

  private static Optional<String> jobs(Map<String, Object> resources) {
    return resources.get("components") instanceof List<?> components
        ? components.stream()
            .filter(
                component ->
                    component instanceof Map<?, ?> map && "job_manager".equals(map.get("id")))
            .map(component -> ((Map<?, ?>) component).get("args"))
            .filter(args -> args instanceof Map<?, ?>)
            .map(args -> ((Map<?, ?>) args).get("uri_root"))
            .filter(String.class::isInstance)
            .map(String.class::cast)
            .findFirst()
        : Optional.empty();
  }

  private static Optional<Map<String, Object>> read(Path file) {
    try {
      return Optional.of(Json.readObject(BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
