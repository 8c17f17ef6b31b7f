// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.ConnectionSecurity;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes a startup kit from a trusted bundle and the local request folder. Each option may be set
 * once.
 */
public interface StartupKitPackager {
  /**
   * Starts packaging.
   *
   * @param bundle a trusted bundle
   * @return the options
   */
  static StartupKitPackager forBundle(SignedBundle bundle) {
    return Provisioning.engine().packager(bundle);
  }

  /**
   * Names the request folder, which holds the private key. Default: found by the audit record, then
   * beside the signed zip.
   *
   * @param folder a real path, without symbolic links
   * @return these options
   */
  StartupKitPackager requestFolder(Path folder);

  /**
   * Also installs a server's job CA: its certificate from a signed zip, its key from the request
   * folder. It must have been approved for the name and key of this server. Default: the kit has
   * none, whatever lies beside the signed zip.
   *
   * @param signedZip made by the approval of the companion request
   * @return these options
   */
  StartupKitPackager jobCa(Path signedZip);

  /**
   * Names the release line of NVFlare's runtime whose list of allowed classes and default
   * authorization policy go into the kit; {@code 2.8} and {@code 2.9} are known. Default, and for a
   * line unknown here, which gives a warning: no list, so that the runtime applies its own, and the
   * policy of the newest line known.
   *
   * @param line for example {@code 2.8}
   * @return these options
   */
  StartupKitPackager runtimeLine(String line);

  /**
   * Gives the list of allowed classes itself; it goes before that of {@link #runtimeLine}.
   *
   * @param dottedPrefixes Python class paths
   * @return these options
   */
  StartupKitPackager allowedClasses(List<String> dottedPrefixes);

  /**
   * Replaces in an existing kit of this participant what packaging made: {@code startup/}, {@code
   * readme.txt}, and defaults and samples in {@code local/}. What is replaced is backed up; job
   * store, transferred files, logs and the site's own settings stay. Default is to refuse. Never
   * bypasses a root CA mismatch. A kit with {@code local/signature.json} is refused with {@code
   * KIT_SIGNED}.
   *
   * @return these options
   */
  StartupKitPackager force();

  /**
   * Together with {@link #force()}, also replaces files of a kit whose pid files name a live
   * process. Default is to refuse it with {@code KIT_IN_USE}. The process goes on with what it has
   * read until it is started again.
   *
   * @return these options
   */
  StartupKitPackager forceRunning();

  /**
   * Also accepts an approval that is older than that of the existing kit, by the start of validity
   * of their certificates. Default is to refuse it with {@code APPROVAL_SUPERSEDED}; {@link
   * #force()} alone does not bypass this.
   *
   * @return these options
   */
  StartupKitPackager allowOlder();

  /**
   * Refuses a kit whose connection security is weaker, with {@code SECURITY_TOO_WEAK}. What counts
   * is the effective setting: that of the definition, where it has one, before that of the profile.
   * Default: any is accepted, {@code clear} with a warning.
   *
   * @param least {@code TLS} or {@code MTLS}
   * @return these options
   */
  StartupKitPackager requireSecurity(ConnectionSecurity least);

  /**
   * Makes every check and says what would be written, without writing.
   *
   * @param workspace as for {@link #packageInto}
   * @return the plan
   */
  KitPlan plan(Path workspace);

  /**
   * Writes the kit to {@code <workspace>/<project>/prod_NN/<name>/}.
   *
   * @param workspace created if missing
   * @return the kit, open
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code
   *     REQUEST_DIR_NOT_FOUND}, {@code KEY_CERT_MISMATCH}, {@code CERT_CHAIN_INVALID}, {@code
   *     OUTPUT_DIR_EXISTS}, {@code KIT_IN_USE} and others of {@code docs/errors.md}
   */
  StartupKit packageInto(Path workspace);

  /**
   * What packaging would write.
   *
   * @param kitFolder the kit's folder
   * @param requestFolder the request folder found
   * @param files paths relative to the kit
   * @param replaced files and folders of an existing kit that go to the backup, relative to the kit
   * @param kept files and folders of an existing kit that stay as they are, relative to the kit
   */
  record KitPlan(
      Path kitFolder,
      Path requestFolder,
      List<String> files,
      List<String> replaced,
      List<String> kept) {}
}
