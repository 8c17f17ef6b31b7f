// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import io.fedtrust.attestation.providers.nvidia.format.DeviceCertificates;
import io.fedtrust.attestation.providers.nvidia.pki.CertificatePath;
import java.security.PublicKey;
import java.util.Optional;

/**
 * The facts about a device's certificates that do not depend on the time.
 *
 * @param path to NVIDIA's root, proven or not
 * @param key with which the device signs; empty if it is none on P-384
 * @param certificates what the two of the device itself say
 */
record DeviceIdentity(
    CertificatePath path, Optional<PublicKey> key, DeviceCertificates certificates) {}
