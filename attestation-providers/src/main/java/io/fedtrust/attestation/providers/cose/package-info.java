/** CBOR and COSE from outside, each with one spelling. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.cose;
