/** The families of evidence; each has a package of its own below this one. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers;
