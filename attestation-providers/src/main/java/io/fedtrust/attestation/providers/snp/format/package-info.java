/**
 * The wire formats of AMD SEV-SNP: bytes in, immutable records out, no cryptography. Start at
 * {@link io.fedtrust.attestation.providers.snp.format.SnpReport}.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.snp.format;
