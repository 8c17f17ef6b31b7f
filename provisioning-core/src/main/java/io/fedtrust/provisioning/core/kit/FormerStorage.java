// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.x509.Jca;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the job store of a server's existing kit where the new kit would not look for it: kits made
 * by NVFlare and by FedTrust 0.1 name it by an absolute path.
 */
final class FormerStorage {
  /** What {@code sub_start.sh} writes begins with its mark and the SHA-256 of all that follows. */
  private static final Pattern MARK =
      Pattern.compile("\\{\n  \"_written_by\": \"[^\"\n]* ([0-9a-f]{64})\",?\n");

  private FormerStorage() {}

  /** Returns what to tell; empty if the new kit keeps its jobs where the existing one does. */
  static Optional<String> leftBehind(Path kit) {
    Path local = kit.resolve("local");
    Path now = kit.resolve(ResourcesDocument.JOBS);
    return isOfSite(local.resolve("resources.json"))
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

  /** Tells, as {@code sub_start.sh} does, whether the site wrote a file or edited it. */
  private static boolean isOfSite(Path file) {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      byte[] content = BoundedFiles.read(file, BoundedFiles.ARCHIVE_BYTES);
      // One character a byte, so that an end in characters is one in bytes.
      Matcher mark = MARK.matcher(new String(content, StandardCharsets.ISO_8859_1));
      return !mark.lookingAt()
          || !Jca.sha256(Arrays.copyOfRange(content, mark.end(), content.length))
              .equals(mark.group(1));
    } catch (IOException e) {
      return true;
    }
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
