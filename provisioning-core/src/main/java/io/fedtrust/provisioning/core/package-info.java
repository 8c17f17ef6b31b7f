/** Explicit construction of the engine: {@link io.fedtrust.provisioning.core.EngineBuilder}. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core;
