/** Tokens of NVIDIA's remote attestation service, as an alternative to the devices' own reports. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.nvidia.nras;
