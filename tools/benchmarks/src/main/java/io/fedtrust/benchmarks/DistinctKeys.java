// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.List;

/**
 * As many different RSA-2048 keys as there are approvals, quickly: every pair of a few primes is
 * one. Keys that share a prime protect nothing.
 */
final class DistinctKeys {
  private static final int PRIME_BITS = 1024;
  private static final BigInteger E = BigInteger.valueOf(65537);
  private static final SecureRandom RANDOM = new SecureRandom();

  // Guarded by the class.
  private static final List<BigInteger> PRIMES = new ArrayList<>();
  private static int first;
  private static int second = 1;

  private DistinctKeys() {}

  static synchronized KeyPair next() {
    while (PRIMES.size() <= second) {
      PRIMES.add(prime());
    }
    KeyPair pair = pair(PRIMES.get(second), PRIMES.get(first));
    first++;
    if (first == second) {
      first = 0;
      second++;
    }
    return pair;
  }

  /** Large enough for a modulus of 2048 bits with any other. */
  private static BigInteger prime() {
    while (true) {
      BigInteger prime = BigInteger.probablePrime(PRIME_BITS, RANDOM);
      boolean usable =
          prime.testBit(PRIME_BITS - 2)
              && prime.subtract(BigInteger.ONE).gcd(E).equals(BigInteger.ONE);
      if (usable && !PRIMES.contains(prime)) {
        return prime;
      }
    }
  }

  private static KeyPair pair(BigInteger p, BigInteger q) {
    BigInteger n = p.multiply(q);
    BigInteger pMinus1 = p.subtract(BigInteger.ONE);
    BigInteger qMinus1 = q.subtract(BigInteger.ONE);
    BigInteger d = E.modInverse(pMinus1.multiply(qMinus1));
    try {
      KeyFactory rsa = KeyFactory.getInstance("RSA");
      return new KeyPair(
          rsa.generatePublic(new RSAPublicKeySpec(n, E)),
          rsa.generatePrivate(
              new RSAPrivateCrtKeySpec(
                  n, E, d, p, q, d.mod(pMinus1), d.mod(qMinus1), q.modInverse(p))));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
