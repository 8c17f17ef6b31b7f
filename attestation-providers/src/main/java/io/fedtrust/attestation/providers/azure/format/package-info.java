/**
 * The evidence of Azure's confidential containers and virtual machines: container groups' bundles,
 * endorsements of their utility VMs, reports of the paravisor, TPM quotes. Nothing is verified.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.azure.format;
