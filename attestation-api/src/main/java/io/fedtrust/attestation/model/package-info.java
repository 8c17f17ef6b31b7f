/**
 * The immutable nouns of attestation (RFC 9334): evidence, what it is bound to, what it claims, and
 * what came of it. Start at {@link io.fedtrust.attestation.model.Evidence} and {@link
 * io.fedtrust.attestation.model.Verdict}.
 *
 * <p>No type here reads files, the clock or the network. All are immutable and safe for threads;
 * byte arrays are copied in and out.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.model;
