// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * A verified item that a verdict rests on.
 *
 * @param channel issuer, kind and what it is for: what a newer one replaces
 * @param sha256 digest of the item, 64 lower-case hex digits
 * @param number its ever-growing number, for example of a revocation list
 * @param issued when it was issued
 * @param validUntil when it ends
 */
public record CollateralUse(
    String channel,
    String sha256,
    Optional<BigInteger> number,
    Instant issued,
    Instant validUntil) {}
