// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.ParticipantDefinition;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/** The entry points: reads profiles and definitions, and finds the engine. */
public final class Provisioning {
  private Provisioning() {}

  /**
   * Reads a project profile.
   *
   * @param file {@code project_profile.yaml}, at most 128 KiB
   * @return the profile
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS} or
   *     {@code INVALID_PROJECT_NAME}
   */
  public static ProjectProfile readProfile(Path file) {
    return engine().readProfile(file);
  }

  /**
   * Reads a participant definition.
   *
   * @param file at most 128 KiB
   * @return the definition
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS}, {@code
   *     INVALID_NAME} or {@code INVALID_PROJECT_NAME}
   */
  public static ParticipantDefinition readDefinition(Path file) {
    return engine().readDefinition(file);
  }

  /**
   * Starts an inspection, which tells what something is and which checks it would pass.
   *
   * @param path a request zip, signed zip, CA folder, request folder or kit
   * @return the options
   */
  public static Inspector inspect(Path path) {
    return engine().inspect(path);
  }

  /**
   * Finds the engine with its defaults: the system clock, the JDK's RSA, no audit records.
   *
   * @return the engine
   * @throws IllegalStateException if none, or more than one, is on the class or module path
   */
  public static ProvisioningEngine engine() {
    return Found.ENGINE;
  }

  private static final class Found {
    static final ProvisioningEngine ENGINE = find();

    private static ProvisioningEngine find() {
      // The loader of this class, not the thread's: worker threads carry foreign ones.
      List<ServiceLoader.Provider<ProvisioningEngine>> found =
          ServiceLoader.load(ProvisioningEngine.class, Provisioning.class.getClassLoader()).stream()
              .toList();
      if (found.size() != 1) {
        throw new IllegalStateException(
            found.isEmpty()
                ? "no provisioning engine found: add io.fedtrust:fedtrust-provisioning-core"
                : "more than one provisioning engine found: "
                    + found.stream().map(provider -> provider.type().getName()).toList());
      }
      return found.get(0).get();
    }
  }
}
