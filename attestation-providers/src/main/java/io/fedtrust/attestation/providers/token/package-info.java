/** Verifies tokens that a service signs, and fetches the keys of such services. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.token;
