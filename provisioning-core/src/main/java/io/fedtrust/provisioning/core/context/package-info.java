/** What the engine was given by its host: clock, algorithms, output, audit, builders. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core.context;
