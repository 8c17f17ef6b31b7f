// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

/**
 * What every attempt of the server works with.
 *
 * @param settings of this site
 * @param requests to the clients
 * @param challenger signs the lists
 * @param member the server's own part in a round
 * @param admissionControl appraises sites
 * @param certificates of sites
 * @param sessionKeys verifies what they sign
 * @param own entries of the server
 * @param keys with which the server signs; a set with those of its entries
 * @param ends tells clients that an attempt is over
 * @param events for the host
 */
record JobServices(
    Settings settings,
    PeerCalls requests,
    Challenger challenger,
    GroupMember member,
    AdmissionControl admissionControl,
    SiteCertificates certificates,
    SessionKeys sessionKeys,
    SelfAttestation own,
    SigningKeys keys,
    JobEnds ends,
    Events events) {}
