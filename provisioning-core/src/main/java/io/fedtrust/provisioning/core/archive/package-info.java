/** Request and signed zips: strict reading, plain writing. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core.archive;
