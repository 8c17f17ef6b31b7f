/** Where reference manifests and certificate status of NVIDIA come from, and whom to trust. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.nvidia.collateral;
