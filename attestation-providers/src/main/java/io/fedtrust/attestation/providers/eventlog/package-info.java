/** Event logs of firmware, which explain measurement registers (TCG crypto-agile log). */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.eventlog;
