// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.error.ErrorCode;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RsaKeyCheckTest {
  private static final BigInteger F4 = BigInteger.valueOf(65537);
  private static final Jca JCA = World.jca();

  /** The same keys in every run. */
  private static final Random RANDOM = new Random(31);

  private final RsaKeyCheck check = new RsaKeyCheck();

  static Stream<Arguments> weakKeys() {
    BigInteger prime = prime(1024);
    BigInteger small = prime(512);
    return Stream.of(
        weak("a prime", prime(2048), BigInteger.ONE),
        weak("a square of a prime", prime, prime),
        weak("a square of a product", small.multiply(prime(512)), BigInteger.ZERO),
        weak("a cube of a prime", prime(700).pow(3), BigInteger.ONE),
        weak("even", prime(2047), BigInteger.TWO),
        weak("with the factor 3", prime(2047), BigInteger.valueOf(3)),
        weak("with the factor 739", prime(2040), BigInteger.valueOf(739)),
        weak("of neighboring primes", prime, prime.nextProbablePrime()),
        weak(
            "of primes that differ in the lower half",
            prime,
            prime.add(BigInteger.ONE.shiftLeft(512)).nextProbablePrime()),
        weak("of primes as ROCA makes them", roca(), roca()));
  }

  /** Modulus p * q, or p squared if q is zero. */
  private static Arguments weak(String name, BigInteger p, BigInteger q) {
    return Arguments.of(name, q.signum() == 0 ? p.multiply(p) : p.multiply(q));
  }

  @ParameterizedTest(name = "a modulus that is {0}")
  @MethodSource("weakKeys")
  @DisplayName("moduli that can be factored are refused in requests and roots")
  void refusesWeakModuli(String name, BigInteger modulus) {
    assertThatThrownBy(() -> check.requireRequested(new RSAPublicKey(modulus, F4)))
        .as(name)
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageContaining("RSA modulus");
    assertThatThrownBy(() -> check.requireRoot(new RSAPublicKey(modulus, F4)))
        .isInstanceOf(InvalidKeyException.class);
    // A root that was refused once is not remembered as sound.
    assertThatThrownBy(() -> check.requireRoot(new RSAPublicKey(modulus, F4)))
        .isInstanceOf(InvalidKeyException.class);
  }

  @Test
  @DisplayName("a request that a ROCA key or a prime modulus signed is INVALID_CSR")
  void refusesWeakRequests() throws Exception {
    BigInteger p = roca();
    BigInteger q = roca();
    byte[] roca = request(keys(p.multiply(q), F4, phi(p).multiply(phi(q))));
    refused(ErrorCode.INVALID_CSR, () -> SigningRequest.read(roca, JCA));
    BigInteger prime = prime(2048);
    byte[] ofPrime = request(keys(prime, F4, phi(prime)));
    refused(ErrorCode.INVALID_CSR, () -> SigningRequest.read(ofPrime, JCA));
  }

  @Test
  @DisplayName("participants have 2048 to 4096 bits, roots up to 8192")
  void sizes() throws Exception {
    for (int bits : new int[] {2048, 4096}) {
      check.requireRequested(composite(bits));
      check.requireCertified(composite(bits));
      check.requireRoot(composite(bits));
    }
    check.requireRoot(composite(8192));
    for (int bits : new int[] {1024, 2047, 4097, 8192}) {
      assertThatThrownBy(() -> check.requireRequested(composite(bits)))
          .hasMessage("an RSA modulus of " + bits + " bits");
      assertThatThrownBy(() -> check.requireCertified(composite(bits)))
          .hasMessage("an RSA modulus of " + bits + " bits");
    }
    for (int bits : new int[] {1024, 2047, 8193, 500_000}) {
      assertThatThrownBy(() -> check.requireRoot(composite(bits)))
          .hasMessage("an RSA modulus of " + bits + " bits");
    }
  }

  @Test
  @DisplayName("the exponent is odd, at least 65537 and below 2^64")
  void exponents() throws Exception {
    BigInteger modulus = composite(2048).getModulus();
    BigInteger largest = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    for (BigInteger good : new BigInteger[] {F4, F4.add(BigInteger.TWO), largest}) {
      assertThatCode(() -> check.requireRequested(new RSAPublicKey(modulus, good)))
          .doesNotThrowAnyException();
    }
    for (BigInteger bad :
        new BigInteger[] {
          BigInteger.ONE,
          BigInteger.valueOf(3),
          BigInteger.valueOf(65535),
          F4.add(BigInteger.ONE),
          BigInteger.ONE.shiftLeft(64).add(BigInteger.ONE),
          BigInteger.ONE.shiftLeft(500_000).add(BigInteger.ONE)
        }) {
      assertThatThrownBy(() -> check.requireCertified(new RSAPublicKey(modulus, bad)))
          .isInstanceOf(InvalidKeyException.class)
          .hasMessageStartingWith("an RSA exponent");
    }
  }

  @Property(tries = 25)
  @Label("keys that a good generator makes pass every check")
  void generatedKeysPass(@ForAll @IntRange(max = 1) int more) throws Exception {
    KeyPair keys = JCA.generateKeyPair(2048 + 16 * more);
    RSAPublicKey key =
        RSAPublicKey.getInstance(
            SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()).parsePublicKey());
    check.requireRequested(key);
    check.requireCertified(key);
    check.requireRoot(key);
    assertThat(SigningRequest.read(request(keys), JCA).publicKey()).isEqualTo(keys.getPublic());
  }

  @Test
  @DisplayName("no key costs more than 250 ms, or 3 s for a root, and 64 MiB")
  void workIsBounded() {
    RSAPublicKey largest = composite(4096);
    RSAPublicKey hostile =
        new RSAPublicKey(
            composite(500_000).getModulus(), BigInteger.ONE.shiftLeft(500_000).setBit(0));
    byte[] huge = unsigned(hostile);
    requireCheap(Duration.ofMillis(250), () -> check.requireRequested(largest));
    requireCheap(
        Duration.ofMillis(250),
        () -> refused(ErrorCode.INVALID_CSR, () -> SigningRequest.read(huge, JCA)));
    RSAPublicKey root = composite(8192);
    requireCheap(Duration.ofSeconds(3), () -> check.requireRoot(root));
    requireCheap(Duration.ofMillis(20), () -> check.requireRoot(root));
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void requireCheap(Duration limit, Work work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assertThatCode(work::run).doesNotThrowAnyException();
    long bytes = threads.getCurrentThreadAllocatedBytes();
    long nanos = threads.getCurrentThreadCpuTime();
    assertThatCode(work::run).doesNotThrowAnyException();
    assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - nanos)).isLessThan(limit);
    assertThat(threads.getCurrentThreadAllocatedBytes() - bytes).isLessThan(64L << 20);
  }

  private static BigInteger phi(BigInteger prime) {
    return prime.subtract(BigInteger.ONE);
  }

  private static BigInteger prime(int bits) {
    return BigInteger.probablePrime(bits, RANDOM);
  }

  /** A number of exactly so many bits without small factors; its large ones are unknown. */
  private static RSAPublicKey composite(int bits) {
    BigInteger number = new BigInteger(bits, RANDOM).setBit(bits - 1).setBit(0);
    if (bits <= 8192) {
      while (org.bouncycastle.util.BigIntegers.hasAnySmallFactors(number)) {
        number = number.add(BigInteger.TWO);
      }
    }
    return new RSAPublicKey(number, F4);
  }

  /** A prime k * M + (65537^a mod M) of 1024 bits, where M is the product of 126 primes. */
  private static BigInteger roca() {
    BigInteger product = BigInteger.ONE;
    BigInteger next = BigInteger.TWO;
    for (int count = 0; count < 126; count++) {
      product = product.multiply(next);
      next = next.nextProbablePrime();
    }
    while (true) {
      BigInteger factor = new BigInteger(1024 - product.bitLength(), RANDOM).setBit(50);
      BigInteger power = F4.modPow(new BigInteger(256, RANDOM), product);
      BigInteger candidate = factor.multiply(product).add(power);
      if (candidate.bitLength() == 1024
          && candidate.testBit(1022)
          && candidate.isProbablePrime(30)) {
        return candidate;
      }
    }
  }

  private static KeyPair keys(BigInteger modulus, BigInteger exponent, BigInteger order)
      throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance("RSA");
    return new KeyPair(
        factory.generatePublic(new RSAPublicKeySpec(modulus, exponent)),
        factory.generatePrivate(new RSAPrivateKeySpec(modulus, exponent.modInverse(order))));
  }

  private static byte[] request(KeyPair keys) throws Exception {
    assertThat(keys.getPrivate()).isInstanceOf(RSAPrivateKey.class);
    return SigningRequest.create("site-1", "hospital", "client", keys, JCA);
  }

  private static byte[] unsigned(RSAPublicKey key) {
    try {
      CertificationRequestInfo info =
          new CertificationRequestInfo(
              new X500Name("CN=site-1"),
              new SubjectPublicKeyInfo(
                  new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption), key),
              new DERSet());
      return Pem.encode(
          Pem.CERTIFICATE_REQUEST,
          new CertificationRequest(info, SigningRequest.SHA256_RSA, new DERBitString(new byte[256]))
              .getEncoded());
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
