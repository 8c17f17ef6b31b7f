/** Asks vendors' services: bounded, once for each thing, and not while they fail. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.fetch;
