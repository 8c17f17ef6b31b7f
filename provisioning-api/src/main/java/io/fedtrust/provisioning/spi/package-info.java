/**
 * What a host program may replace: the engine itself, where the CA key signs, where approvals and
 * audit records are kept, and builders that add to a startup kit.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.spi;
