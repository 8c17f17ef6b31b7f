// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

/**
 * The policy of an appraisal.
 *
 * @param id name of the policy
 * @param version its version, as its authors count
 * @param digest SHA-256 over its settings, hex
 */
public record PolicyIdentity(String id, String version, String digest) {
  @Override
  public String toString() {
    return id + " " + version + " (sha256 " + digest + ")";
  }
}
