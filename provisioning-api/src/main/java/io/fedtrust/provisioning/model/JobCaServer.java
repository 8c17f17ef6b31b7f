// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

/**
 * The server that a job CA belongs to.
 *
 * @param name the server's name
 * @param requestId UUID of the request that the server's certificate came of
 * @param publicKey of the server's certificate
 */
public record JobCaServer(String name, String requestId, KeyFingerprint publicKey) {}
