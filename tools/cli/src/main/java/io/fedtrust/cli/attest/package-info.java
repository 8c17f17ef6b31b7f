/** Commands that look at evidence and judge it. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.cli.attest;
