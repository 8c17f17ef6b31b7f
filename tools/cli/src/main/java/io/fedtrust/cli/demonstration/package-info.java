/** Commands that show something in a folder of its own. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.cli.demonstration;
