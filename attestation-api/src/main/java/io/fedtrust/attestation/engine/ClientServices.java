// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.util.function.Supplier;

/**
 * What every attempt at a client works with.
 *
 * @param settings of this site
 * @param host its hooks
 * @param events for the host
 * @param member this site's part in a round
 * @param keys of this site now; an attempt keeps those with which it began
 * @param certificates of sites
 * @param sessionKeys verifies what they sign
 * @param examiner judges
 * @param requests to the server
 */
record ClientServices(
    Settings settings,
    HostCode host,
    Events events,
    GroupMember member,
    Supplier<ProcessKeys> keys,
    SiteCertificates certificates,
    SessionKeys sessionKeys,
    Examiner examiner,
    Requests requests) {
  String server() {
    return settings.server();
  }

  String self() {
    return settings.site().name();
  }

  String project() {
    return settings.site().project();
  }
}
