// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.DeployVersion;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.NameRule;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code ca.json}.
 *
 * @param project project name
 * @param deployVersion generation; {@code 00} where the file names none
 * @param rootFingerprint of rootCA.pem, where the file names it
 */
public record CaDocument(
    String project, DeployVersion deployVersion, Optional<Fingerprint> rootFingerprint) {
  /** Returns the document of a new CA, members in the peer's order. */
  public static Map<String, Object> write(
      String project,
      Instant createdAt,
      DeployVersion deployVersion,
      Fingerprint root,
      Optional<Path> profile) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("project", project);
    document.put("created_at", Timestamps.text(createdAt));
    document.put("provision_version", deployVersion.text());
    document.put("rootCA_fingerprint", root.text());
    profile.ifPresent(path -> document.put("project_profile", path.toAbsolutePath().toString()));
    return document;
  }

  /** Reads and checks the document. */
  public static CaDocument read(Map<String, Object> document) {
    Fields fields = Fields.ofJson(document, "ca.json ", ErrorCode.INVALID_ARGS);
    String project = fields.text("project", NameRule.PROJECT, ErrorCode.INVALID_PROJECT_NAME);
    DeployVersion version =
        fields.isBlank("provision_version")
            ? DeployVersion.FIRST
            : new DeployVersion(fields.text("provision_version", NameRule.DEPLOY_VERSION));
    Optional<Fingerprint> fingerprint =
        fields.isBlank("rootCA_fingerprint")
            ? Optional.empty()
            : Optional.of(Fingerprint.parse(fields.text("rootCA_fingerprint")));
    return new CaDocument(project, version, fingerprint);
  }
}
