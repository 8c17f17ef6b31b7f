/** Options that depend on the form of evidence. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.cli.attest.forms;
