/** Evidence of this machine: Azure's sidecar, its security context, external commands. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.azure.collector;
