/** What a relying party can demand of SEV-SNP evidence. Start at {@link SnpPolicy}. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.snp.policy;
