// SPDX-License-Identifier: Apache-2.0
/** How a verifier records what it has checked, and what a sender attached to its evidence. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.checks;
