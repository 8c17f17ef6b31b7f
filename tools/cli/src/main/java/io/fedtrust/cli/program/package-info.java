/** The program: it knows all commands and runs the one that its arguments name. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.cli.program;
