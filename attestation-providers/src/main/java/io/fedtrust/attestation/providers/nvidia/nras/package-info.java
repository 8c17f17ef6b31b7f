/** Tokens of NVIDIA's remote attestation service: the other way to attest its devices. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.nvidia.nras;
