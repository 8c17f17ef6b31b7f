/**
 * Verifies evidence of NVIDIA's devices offline. Start at {@link
 * io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier}.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.nvidia.verifier;
