/**
 * What a relying party can demand of Azure's evidence. Start at {@link AciPolicy} for container
 * groups, at {@link CvmPolicy} for confidential VMs.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.azure.policy;
