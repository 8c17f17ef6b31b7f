/** The command line: reads options, calls the SDK, prints one answer. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.cli;
