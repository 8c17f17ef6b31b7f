/** Registers the family, and brings its packages together. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.nvidia;
