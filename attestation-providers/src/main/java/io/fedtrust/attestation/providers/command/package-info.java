/** Commands of this machine: an argument list, a time, an amount, and never a shell. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.command;
