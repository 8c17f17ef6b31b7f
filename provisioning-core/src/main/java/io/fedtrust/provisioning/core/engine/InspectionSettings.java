// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.engine;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What an inspection may compare with.
 *
 * @param caFolder of the CA that would approve or has approved
 * @param profile of the project
 * @param requestFolder whose request was approved
 * @param fingerprint of the root CA, as received on another channel
 * @param allowGroup whether a CA folder may give rights to its group
 */
record InspectionSettings(
    Optional<Path> caFolder,
    Optional<Path> profile,
    Optional<Path> requestFolder,
    Optional<String> fingerprint,
    boolean allowGroup) {}
