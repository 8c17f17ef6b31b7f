/** Has tools of this machine collect evidence of NVIDIA's devices. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.nvidia.collector;
