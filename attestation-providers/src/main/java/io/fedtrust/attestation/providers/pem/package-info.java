/** PEM from outside, read strictly, written in one form. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.pem;
