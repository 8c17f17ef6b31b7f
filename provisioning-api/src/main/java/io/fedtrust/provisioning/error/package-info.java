/**
 * Why an operation was refused: a stable {@link io.fedtrust.provisioning.error.ErrorCode} inside a
 * {@link io.fedtrust.provisioning.error.ProvisioningException}. Knows nothing of the rest of the
 * library.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.error;
