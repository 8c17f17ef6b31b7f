// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.BuilderSpec;
import io.fedtrust.provisioning.spi.StartupKitBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the {@code builders:} of a definition ask for. The peer's standard builders are known by
 * path; others must be registered, and an unknown one is refused rather than dropped.
 *
 * @param configFolder {@code config_folder} argument of the start script; empty by default
 * @param dockerImage image for docker.sh
 * @param requireSignedJobs rendered into the startup JSON if given
 * @param custom registered builders to apply, in order
 */
record KitOptions(
    String configFolder,
    Optional<String> dockerImage,
    Optional<Boolean> requireSignedJobs,
    List<Applied> custom) {
  private static final String PEER = "nvflare.lighter.";
  private static final String STATIC_FILE = "nvflare.lighter.impl.static_file.StaticFileBuilder";
  private static final String SIGNATURE = "nvflare.lighter.impl.signature.SignatureBuilder";
  private static final Set<String> REPLACED_BY_OURS =
      Set.of(
          "nvflare.lighter.impl.workspace.WorkspaceBuilder",
          "nvflare.lighter.impl.cert.CertBuilder");
  private static final String PLAIN_WORD = "[A-Za-z0-9._/:@-]*";

  /** A registered builder and its arguments. */
  record Applied(StartupKitBuilder builder, Map<String, Object> args) {}

  static KitOptions of(List<BuilderSpec> builders, EngineContext host) {
    String configFolder = "";
    Optional<String> dockerImage = Optional.empty();
    Optional<Boolean> signedJobs = Optional.empty();
    List<Applied> custom = new ArrayList<>();
    for (BuilderSpec spec : builders) {
      if (spec.path().equals(STATIC_FILE)) {
        Map<String, Object> args = new LinkedHashMap<>(spec.args());
        configFolder = word(args.remove("config_folder"), "config_folder").orElse("");
        dockerImage = word(args.remove("docker_image"), "docker_image");
        signedJobs = bool(args.remove("require_signed_jobs"));
        if (!args.isEmpty()) {
          host.warn(STATIC_FILE + ": arguments without effect here: " + args.keySet());
        }
      } else if (spec.path().equals(SIGNATURE)) {
        host.warn(SIGNATURE + " is not applied: kits of this flow carry no signature.json");
      } else if (!REPLACED_BY_OURS.contains(spec.path())) {
        custom.add(new Applied(registered(spec, host), spec.args()));
      }
    }
    return new KitOptions(configFolder, dockerImage, signedJobs, custom);
  }

  private static StartupKitBuilder registered(BuilderSpec spec, EngineContext host) {
    return host.kitBuilders().stream()
        .filter(builder -> builder.path().equals(spec.path()))
        .findFirst()
        .orElseThrow(
            () ->
                refuse(ErrorCode.UNSUPPORTED_BUILDER, "builders[].path")
                    .expected("a standard builder, or one registered as StartupKitBuilder")
                    .actual(spec.path())
                    .hint(
                        spec.path().startsWith(PEER)
                            ? "Homomorphic encryption and confidential computing need centralized"
                                + " provisioning; see docs/differences.md."
                            : ErrorCode.UNSUPPORTED_BUILDER.hint())
                    .build());
  }

  /** Text that goes into a script, and so must not mean anything to a shell. */
  private static Optional<String> word(Object value, String name) {
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String text && text.matches(PLAIN_WORD)) {
      return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
    throw refuse(ErrorCode.LOCAL_SITE_INVALID, STATIC_FILE + " " + name)
        .expected("letters, digits and ._/:@-")
        .actual(value)
        .build();
  }

  private static Optional<Boolean> bool(Object value) {
    if (value == null || value instanceof Boolean) {
      return Optional.ofNullable((Boolean) value);
    }
    throw refuse(ErrorCode.LOCAL_SITE_INVALID, STATIC_FILE + " require_signed_jobs")
        .expected("true or false")
        .actual(value)
        .build();
  }
}
