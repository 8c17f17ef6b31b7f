// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.util.function.Supplier;

/**
 * What every attempt of the server works with.
 *
 * @param settings of this site
 * @param requests to the clients
 * @param asker signs the lists
 * @param member the server's own part in a round
 * @param examiner judges
 * @param certificates of sites
 * @param sessionKeys verifies what they sign
 * @param own entries of the server
 * @param keys with which the server signs now
 * @param ends tells clients that an attempt is over
 * @param events for the host
 */
record JobServices(
    Settings settings,
    Requests requests,
    Asker asker,
    GroupMember member,
    Examiner examiner,
    SiteCertificates certificates,
    SessionKeys sessionKeys,
    OwnEntries own,
    Supplier<ProcessKeys> keys,
    JobEnds ends,
    Events events) {}
