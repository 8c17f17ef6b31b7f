// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import io.fedtrust.attestation.model.CollateralUse;

/**
 * A document whose signature verified, whatever the time is.
 *
 * @param content what it says
 * @param use its entry in a verdict
 * @param chain who signed it
 * @param <T> TCB Info or QE identity
 */
record SignedDocument<T>(T content, CollateralUse use, SigningChain chain) {}
