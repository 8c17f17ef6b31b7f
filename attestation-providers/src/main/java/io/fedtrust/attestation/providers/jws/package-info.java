/** Tokens that services sign (RFC 7515): one strict spelling, few algorithms, keys from a set. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.jws;
