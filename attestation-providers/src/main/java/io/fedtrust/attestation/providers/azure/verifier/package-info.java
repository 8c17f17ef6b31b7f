/** Verifies the evidence of Azure's machines. Applies no policy. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.azure.verifier;
