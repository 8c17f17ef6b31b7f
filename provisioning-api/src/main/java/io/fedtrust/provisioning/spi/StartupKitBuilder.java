// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.spi;

import io.fedtrust.provisioning.model.Participant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A local customization of startup kits: what a Python builder class is to NVFlare. Found through
 * {@link java.util.ServiceLoader} or given to the engine; applied when a definition's {@code
 * builders:} name its {@link #path()} exactly.
 */
public interface StartupKitBuilder {
  /** {@return the path that definitions use, for example {@code org.example.SiteBanner}} */
  String path();

  /**
   * Adds to or changes a kit that is not yet in place.
   *
   * @param kit the kit's files
   * @param args the arguments from the definition: text, numbers, booleans, lists, maps
   * @throws io.fedtrust.provisioning.error.ProvisioningException to refuse
   */
  void build(KitDraft kit, Map<String, Object> args);

  /** The files of a kit before they are written. Credentials are not among them. */
  interface KitDraft {
    /** {@return the participant to whom the kit belongs} */
    Participant participant();

    /** {@return the files so far: paths relative to the kit with {@code /} between, in order} */
    List<String> files();

    /**
     * Reads a file.
     *
     * @param path relative to the kit
     * @return its content, or empty if there is no such file
     */
    Optional<byte[]> read(String path);

    /**
     * Adds or replaces a file.
     *
     * @param path relative to the kit, below {@code startup/} or {@code local/}; credentials and
     *     {@code signature.json} are refused
     * @param content at most 1 MiB
     * @param executable true for a script
     */
    void write(String path, byte[] content, boolean executable);
  }
}
