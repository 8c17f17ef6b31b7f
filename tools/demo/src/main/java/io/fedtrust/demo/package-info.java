/**
 * The demonstrations: all that needs a server or simulated hardware, in a program without the CA's
 * commands.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.demo;
