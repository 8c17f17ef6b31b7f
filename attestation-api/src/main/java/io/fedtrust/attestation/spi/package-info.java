/**
 * What a family of evidence or a host implements: collecting evidence, telling whether it is
 * genuine, and the options its policies have.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.spi;
