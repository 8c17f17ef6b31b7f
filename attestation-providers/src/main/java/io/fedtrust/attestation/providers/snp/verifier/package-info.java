/** Verifies reports. Applies no policy. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.snp.verifier;
