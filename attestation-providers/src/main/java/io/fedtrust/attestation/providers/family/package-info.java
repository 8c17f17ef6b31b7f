/**
 * What a family of evidence brings along, found by {@link java.util.ServiceLoader}. Start at {@link
 * io.fedtrust.attestation.providers.family.EvidenceFamily}; {@code docs/adding-a-family.md} adds
 * one.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.family;
