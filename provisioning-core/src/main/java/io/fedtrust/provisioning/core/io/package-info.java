/**
 * Durable, atomic, non-clobbering file output with locks and recovery; bounded file input. The only
 * place that writes.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core.io;
