// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.time.Instant;
import java.util.Optional;

/**
 * What the project admin approved and signed ({@code signed.json}).
 *
 * @param requestId UUID, exactly as in the request
 * @param approvedAt when; empty in files of older approvers
 * @param project project name
 * @param name participant name
 * @param org organization
 * @param certType what the certificate is for
 * @param deployVersion generation of the CA; {@code 00} in files without CA metadata
 * @param rootFingerprint of the root CA
 * @param scheme how clients reach the server
 * @param connectionSecurity the project's default
 * @param server where the server is
 * @param hashes over the files that travel with the approval
 */
public record ApprovalMetadata(
    String requestId,
    Optional<Instant> approvedAt,
    String project,
    String name,
    String org,
    CertType certType,
    DeployVersion deployVersion,
    Fingerprint rootFingerprint,
    Scheme scheme,
    ConnectionSecurity connectionSecurity,
    ServerEndpoint server,
    Hashes hashes) {

  /**
   * SHA-256 hashes, each 64 lower-case hex digits.
   *
   * @param csr over the request's CSR file
   * @param siteYaml over the approver's copy of site.yaml
   * @param certificate over the certificate file
   * @param rootCa over rootCA.pem
   * @param publicKey over the DER SubjectPublicKeyInfo
   */
  public record Hashes(
      String csr, String siteYaml, String certificate, String rootCa, String publicKey) {}
}
