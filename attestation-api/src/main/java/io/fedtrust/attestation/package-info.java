/** Room of the attestation half; its types come with that half. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation;
