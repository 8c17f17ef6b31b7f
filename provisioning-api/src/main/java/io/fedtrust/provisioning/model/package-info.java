/**
 * The immutable nouns of distributed provisioning. No type here reads files, the clock or the
 * network; what a constructor cannot accept it refuses with a {@link
 * io.fedtrust.provisioning.error.ProvisioningException}.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.model;
