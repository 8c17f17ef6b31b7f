/** Asks the secure processor of this machine for a report. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.snp.collector;
