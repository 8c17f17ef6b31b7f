/**
 * Tokens of Microsoft Azure Attestation for container groups and confidential VMs, verified offline
 * with the keys of configured instances.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.azure.maa;
