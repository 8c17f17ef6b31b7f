// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.util.Map;
import java.util.Optional;

/**
 * What every attempt at a client works with.
 *
 * @param settings of this site
 * @param host its hooks
 * @param events for the host
 * @param member this site's part in a round
 * @param keys of this site now; a round ends with those of its entries
 * @param certificates of sites
 * @param sessionKeys verifies what they sign
 * @param admissionControl appraises sites
 * @param requests to the server
 */
record ClientServices(
    Settings settings,
    HostCode host,
    Events events,
    GroupMember member,
    SigningKeys keys,
    SiteCertificates certificates,
    SessionKeys sessionKeys,
    AdmissionControl admissionControl,
    PeerCalls requests) {
  /** With whom this site exchanges models of a job from now on. */
  JobMembers members(String job, Map<String, Optional<String>> sessions) {
    return new JobMembers(settings, admissionControl, events, job, sessions);
  }

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
