/** From a trusted bundle to a startup kit, and TLS from a kit. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core.kit;
