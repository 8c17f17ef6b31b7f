/**
 * Evidence of NVIDIA's GPUs and switches: SPDM measurement reports, device certificates, reference
 * integrity manifests.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.nvidia.format;
