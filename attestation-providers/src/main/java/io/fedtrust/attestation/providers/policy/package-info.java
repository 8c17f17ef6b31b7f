/**
 * Policies as files. Start at {@link io.fedtrust.attestation.providers.policy.FederationPolicies}.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.policy;
