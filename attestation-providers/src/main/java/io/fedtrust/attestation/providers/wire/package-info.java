/** Tokens and verdicts as JSON. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.wire;
