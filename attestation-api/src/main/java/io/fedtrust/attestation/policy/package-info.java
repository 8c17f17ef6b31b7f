/**
 * What a relying party accepts. Start at {@link io.fedtrust.attestation.policy.FederationPolicy}.
 *
 * <p>Genuine and acceptable are separate questions: a verifier answers the first and applies no
 * policy; these rules answer the second and never look at signatures. Files of policies are read
 * and written by the providers' {@code policy} package.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.policy;
