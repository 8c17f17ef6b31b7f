/** The engine that the verbs find. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core.engine;
