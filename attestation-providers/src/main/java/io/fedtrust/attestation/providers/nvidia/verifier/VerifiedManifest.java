// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import io.fedtrust.attestation.providers.nvidia.format.ReferenceManifest;
import io.fedtrust.attestation.providers.support.CertificatePath;

/**
 * A manifest whose signature verified, whatever the time is.
 *
 * @param content what it says
 * @param path of its signer
 * @param sha256 of its bytes, hex
 */
record VerifiedManifest(ReferenceManifest content, CertificatePath path, String sha256) {}
