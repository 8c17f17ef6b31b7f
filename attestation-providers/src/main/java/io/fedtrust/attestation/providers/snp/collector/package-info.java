/** Requests reports from the secure processor of this machine. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.snp.collector;
