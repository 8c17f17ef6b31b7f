/** What all commands share: options, what the process gives, and how a command answers. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.cli;
