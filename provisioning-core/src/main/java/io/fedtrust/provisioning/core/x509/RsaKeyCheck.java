// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;

/**
 * Refuses RSA public keys that are too short, cost too much, or can be factored. A refusal's
 * message is what the certificate or request has, for example {@code an RSA exponent of 3}.
 *
 * <p>Bouncy Castle's {@code RSAKeyParameters} is not used for it: a system property of the host
 * turns its checks off, and every modulus that passes stays in a cache. Its search for small
 * factors has neither.
 */
final class RsaKeyCheck {
  /** The smallest modulus, in bits. */
  static final int MIN_BITS = 2048;

  /** The largest modulus of a server, client or user, in bits. */
  static final int MAX_PARTICIPANT_BITS = 4096;

  /** The largest modulus of a root CA, in bits. */
  static final int MAX_ROOT_BITS = 8192;

  private static final BigInteger MIN_EXPONENT = BigInteger.valueOf(65537);
  private static final int MAX_EXPONENT_BITS = 64;

  /** As the CA/Browser Forum's Baseline Requirements demand (section 6.1.1.3). */
  private static final int FERMAT_ROUNDS = 100;

  private static final int SQUARE_FILTER = 3 * 3 * 5 * 7 * 11 * 13;

  /** The generator takes the primes up to this one from 1984 bits, and more from 3968 bits. */
  private static final int LARGEST_ROCA_PRIME = 701;

  /** For each small prime, the powers of 65537: what a ROCA modulus leaves as remainder. */
  private static final Map<Integer, BitSet> ROCA_REMAINDERS = rocaRemainders();

  private static final BigInteger ROCA_PRODUCT =
      ROCA_REMAINDERS.keySet().stream()
          .map(BigInteger::valueOf)
          .reduce(BigInteger.ONE, BigInteger::multiply);

  /** A program handles many kits of one root. */
  private volatile @Nullable BigInteger lastSoundRoot;

  /** Refuses a key that asks for a certificate. */
  void requireRequested(RSAPublicKey key) throws InvalidKeyException {
    requireCertified(key);
    requireNotPrimePower(key.getModulus());
  }

  /**
   * Refuses the key of a participant's certificate. Whether the modulus is prime is left out: who
   * uses the certificate has the private key, and the test costs more than two signatures.
   */
  void requireCertified(RSAPublicKey key) throws InvalidKeyException {
    requireBounds(key, MAX_PARTICIPANT_BITS);
    requireNotEasilyFactored(key.getModulus());
  }

  /** Refuses the key of a root CA. */
  void requireRoot(RSAPublicKey key) throws InvalidKeyException {
    requireBounds(key, MAX_ROOT_BITS);
    BigInteger modulus = key.getModulus();
    if (!modulus.equals(lastSoundRoot)) {
      requireNotEasilyFactored(modulus);
      requireNotPrimePower(modulus);
      lastSoundRoot = modulus;
    }
  }

  private static void requireBounds(RSAPublicKey key, int maxBits) throws InvalidKeyException {
    BigInteger modulus = key.getModulus();
    BigInteger exponent = key.getPublicExponent();
    if (modulus.signum() <= 0 || modulus.bitLength() < MIN_BITS || modulus.bitLength() > maxBits) {
      throw new InvalidKeyException("an RSA modulus of " + modulus.bitLength() + " bits");
    }
    if (exponent.bitLength() > MAX_EXPONENT_BITS) {
      throw new InvalidKeyException("an RSA exponent of " + exponent.bitLength() + " bits");
    }
    if (exponent.compareTo(MIN_EXPONENT) < 0 || !exponent.testBit(0)) {
      throw new InvalidKeyException("an RSA exponent of " + exponent);
    }
  }

  private static void requireNotEasilyFactored(BigInteger modulus) throws InvalidKeyException {
    if (!modulus.testBit(0)) {
      throw new InvalidKeyException("an even RSA modulus");
    }
    if (BigIntegers.hasAnySmallFactors(modulus)) {
      throw new InvalidKeyException("an RSA modulus with a small factor");
    }
    if (isRocaShaped(modulus)) {
      throw new InvalidKeyException(
          "an RSA modulus of a generator that makes weak keys (ROCA, CVE-2017-15361)");
    }
    requireNoCloseFactors(modulus);
  }

  /** Fermat's method: n = a² - b² = (a + b)(a - b), where a is just above the root of n. */
  private static void requireNoCloseFactors(BigInteger modulus) throws InvalidKeyException {
    BigInteger[] root = modulus.sqrtAndRemainder();
    if (root[1].signum() == 0) {
      throw new InvalidKeyException("an RSA modulus that is a square");
    }
    BigInteger a = root[0].add(BigInteger.ONE);
    BigInteger difference = a.multiply(a).subtract(modulus);
    for (int round = 0; round < FERMAT_ROUNDS; round++) {
      if (isSquare(difference)) {
        throw new InvalidKeyException("an RSA modulus whose factors are too close to each other");
      }
      difference = difference.add(a.shiftLeft(1)).add(BigInteger.ONE);
      a = a.add(BigInteger.ONE);
    }
  }

  private static boolean isSquare(BigInteger number) {
    int last = number.intValue() & 15;
    if (last != 0 && last != 1 && last != 4 && last != 9) {
      return false;
    }
    int remainder = number.mod(BigInteger.valueOf(SQUARE_FILTER)).intValue();
    for (int prime : new int[] {9, 5, 7, 11, 13}) {
      if (!isSquareModulo(remainder % prime, prime)) {
        return false;
      }
    }
    return number.sqrtAndRemainder()[1].signum() == 0;
  }

  private static boolean isSquareModulo(int remainder, int modulus) {
    for (int root = 0; root <= modulus / 2; root++) {
      if (root * root % modulus == remainder) {
        return true;
      }
    }
    return false;
  }

  private static boolean isRocaShaped(BigInteger modulus) {
    BigInteger remainder = modulus.mod(ROCA_PRODUCT);
    return ROCA_REMAINDERS.entrySet().stream()
        .allMatch(
            entry ->
                entry.getValue().get(remainder.mod(BigInteger.valueOf(entry.getKey())).intValue()));
  }

  /**
   * Fermat's little theorem: 2^(n-1) - 1 has a factor in common with n if n is a prime or a power
   * of one. The same holds where p - 1 divides n - 1 for a factor p, which no generator makes.
   */
  private static void requireNotPrimePower(BigInteger modulus) throws InvalidKeyException {
    BigInteger power = BigInteger.TWO.modPow(modulus.subtract(BigInteger.ONE), modulus);
    if (!power.subtract(BigInteger.ONE).gcd(modulus).equals(BigInteger.ONE)) {
      throw new InvalidKeyException("an RSA modulus that is a prime or a power of one");
    }
  }

  /**
   * Nemec and others, "The Return of Coppersmith's Attack" (2017): both primes, and so the modulus,
   * are powers of 65537 modulo each of the first primes.
   */
  private static Map<Integer, BitSet> rocaRemainders() {
    Map<Integer, BitSet> remainders = new TreeMap<>();
    for (int prime = 3; prime <= LARGEST_ROCA_PRIME; prime += 2) {
      BitSet powers = new BitSet(prime);
      for (int power = 1; !powers.get(power); power = (int) (power * 65537L % prime)) {
        powers.set(power);
      }
      // Where every remainder is a power, the prime tells nothing.
      if (BigInteger.valueOf(prime).isProbablePrime(50) && powers.cardinality() < prime - 1) {
        remainders.put(prime, powers);
      }
    }
    return remainders;
  }
}
