/** Sends requests to vendors' services: bounded, once for each item, and not while they fail. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.fetch;
