// SPDX-License-Identifier: Apache-2.0
/** The record of a verification's checks, and the attachments of evidence. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.checks;
