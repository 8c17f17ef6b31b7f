/** Reading and verifying signed zips. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core.bundle;
