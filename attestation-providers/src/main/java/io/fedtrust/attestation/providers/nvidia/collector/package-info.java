/** Collects evidence of NVIDIA's devices with tools of this machine. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.nvidia.collector;
