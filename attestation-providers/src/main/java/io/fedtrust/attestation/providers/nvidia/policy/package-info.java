/**
 * What a relying party can demand of NVIDIA's devices. Start at {@link
 * io.fedtrust.attestation.providers.nvidia.policy.GpuPolicy}.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.nvidia.policy;
