/** Verifies quotes and determines the TCB status of the platform. Applies no policy. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.tdx.verifier;
