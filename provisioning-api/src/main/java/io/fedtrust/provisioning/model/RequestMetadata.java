// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

/**
 * What a site asks for ({@code request.json}).
 *
 * @param requestId UUID, exactly as the site wrote it
 * @param createdAt when, as the site wrote it; informational
 * @param project project name
 * @param name participant name
 * @param org organization
 * @param certType what the certificate is for
 * @param csrSha256 lower-case hex over the CSR file's bytes
 * @param publicKeySha256 lower-case hex over the DER SubjectPublicKeyInfo
 * @param siteYamlSha256 lower-case hex over the approval copy of site.yaml, as in the zip; empty
 *     for a job CA, which has none
 */
public record RequestMetadata(
    String requestId,
    String createdAt,
    String project,
    String name,
    String org,
    CertType certType,
    String csrSha256,
    String publicKeySha256,
    String siteYamlSha256) {}
