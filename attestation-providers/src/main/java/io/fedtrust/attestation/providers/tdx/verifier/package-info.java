/** Whether a quote is genuine, and what Intel says of its platform. No opinions here. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.tdx.verifier;
