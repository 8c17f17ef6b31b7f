// SPDX-License-Identifier: Apache-2.0
/** Refused operations of the attestation half: one exception, with stable codes. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.error;
