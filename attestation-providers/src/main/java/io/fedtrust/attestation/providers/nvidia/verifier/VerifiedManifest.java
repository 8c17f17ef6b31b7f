// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import io.fedtrust.attestation.providers.nvidia.format.ReferenceManifest;
import io.fedtrust.attestation.providers.nvidia.pki.CertificatePath;
import java.util.List;

/**
 * A manifest whose signature verified, whatever the time is.
 *
 * @param content what it says
 * @param path of its signer
 * @param authorities names of the two between signer and root
 * @param sha256 of its bytes, hex
 */
record VerifiedManifest(
    ReferenceManifest content, CertificatePath path, List<String> authorities, String sha256) {}
