/** A family that exists for tests: notes in JSON, signed by a key that the user names. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.mock;
