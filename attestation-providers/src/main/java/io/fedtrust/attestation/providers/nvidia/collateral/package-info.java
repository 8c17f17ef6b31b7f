/** The sources of NVIDIA's reference manifests and certificate status, and the trust anchors. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.nvidia.collateral;
