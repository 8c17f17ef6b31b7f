// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.Inspection;
import java.nio.file.Path;

/**
 * Tells what a file or folder is and which checks it would pass, without using it. Options give
 * what further checks need; checks that lack theirs are listed as skipped. Each may be set once.
 */
public interface Inspector {
  /**
   * Names the CA a request would be approved with.
   *
   * @param caFolder the CA folder
   * @return this inspector
   */
  Inspector caFolder(Path caFolder);

  /**
   * Names the profile a request would be approved against.
   *
   * @param profile the profile file
   * @return this inspector
   */
  Inspector profile(Path profile);

  /**
   * Names the request folder a signed zip would be packaged with.
   *
   * @param requestFolder the folder
   * @return this inspector
   */
  Inspector requestFolder(Path requestFolder);

  /**
   * Gives the fingerprint received on another channel.
   *
   * @param fingerprint in any spelling
   * @return this inspector
   */
  Inspector fingerprint(String fingerprint);

  /**
   * Lets the group of the CA folder and of its key file have rights to them, as {@link
   * CertificateAuthority.Opening#allowGroup} does.
   *
   * @return this inspector
   */
  Inspector allowGroup();

  /**
   * Inspects.
   *
   * @return what was found; refusals are failed checks
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS} if the
   *     path is none of the things that can be inspected
   */
  Inspection inspect();
}
