// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * An instance of Microsoft Azure Attestation in software: tokens under a key that is made with it
 * and kept in memory, published in a certificate alone as the real one does.
 */
public final class SimulatedMaa {
  /** What the instance calls itself. */
  public static final String INSTANCE = "https://maa.simulated.invalid";

  private static final int BITS = 2048;
  private static final int PEM_LINE = 64;

  private final String instance;
  private final List<KeyPair> keys;
  private final Instant made;
  private final SecureRandom random;

  private SimulatedMaa(String instance, List<KeyPair> keys, Instant made, SecureRandom random) {
    this.instance = instance;
    this.keys = List.copyOf(keys);
    this.made = made;
    this.random = random;
  }

  /**
   * Makes an instance with a fresh key.
   *
   * @param made when the key's certificate begins
   * @param random source of its key
   * @return the instance
   */
  public static SimulatedMaa create(Instant made, SecureRandom random) {
    return new SimulatedMaa(INSTANCE, List.of(key(random)), made, random);
  }

  private static KeyPair key(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Uses another name: anyone can create an instance.
   *
   * @param name {@code https://} and a host
   * @return the same keys under that name
   */
  public SimulatedMaa named(String name) {
    return new SimulatedMaa(name, keys, made, random);
  }

  /**
   * Starts to sign with another key; the older ones stay published.
   *
   * @return the instance as it is afterwards
   */
  public SimulatedMaa rotated() {
    List<KeyPair> more = new ArrayList<>(List.of(key(random)));
    more.addAll(keys);
    return new SimulatedMaa(instance, more, made, random);
  }

  /**
   * Returns what the instance calls itself.
   *
   * @return its address
   */
  public String instance() {
    return instance;
  }

  /**
   * Returns its keys. A verifier with them trusts tokens that anyone with this object can create.
   *
   * @param expiresAt until when they are used
   * @return keys of trust {@code SIMULATED}
   */
  public ServiceKeys keys(Instant expiresAt) {
    return ServiceKeys.of(instance, expiresAt, ServiceKeys.Trust.SIMULATED, jwks());
  }

  /**
   * Returns its keys as the service publishes them.
   *
   * @return a JSON Web Key Set with certificates and no numbers
   */
  public byte[] jwks() {
    return keys.stream()
        .map(
            pair ->
                "{\"kty\":\"RSA\",\"kid\":\""
                    + kid(pair.getPublic())
                    + "\",\"x5c\":[\""
                    + Base64.getEncoder()
                        .encodeToString(SimulatedAuthority.root("SIMULATED MAA", pair, made).der())
                    + "\"]}")
        .collect(Collectors.joining(",", "{\"keys\":[", "]}"))
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Returns its keys as numbers beside their certificates, as some readers need them.
   *
   * @return a JSON Web Key Set
   */
  public byte[] numberedJwks() {
    String set = new String(jwks(), StandardCharsets.UTF_8);
    for (KeyPair pair : keys) {
      RSAPublicKey key = (RSAPublicKey) pair.getPublic();
      String kid = "\"kid\":\"" + kid(key) + "\"";
      set =
          set.replace(
              kid,
              kid
                  + ",\"n\":\""
                  + number(key.getModulus())
                  + "\",\"e\":\""
                  + number(key.getPublicExponent())
                  + "\"");
    }
    return set.getBytes(StandardCharsets.UTF_8);
  }

  private static String number(BigInteger value) {
    byte[] bytes = value.toByteArray();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
  }

  /** After the key's bytes, in PEM with a NUL behind, as the service names its own. */
  private static String kid(PublicKey key) {
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'}).encodeToString(key.getEncoded())
            + "\n-----END PUBLIC KEY-----\n\0";
    return Base64.getEncoder().encodeToString(Pem.digest(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  /**
   * Returns the key that it signs with.
   *
   * @return RSA-2048
   */
  public PublicKey publicKey() {
    return keys.get(0).getPublic();
  }

  /**
   * Starts a token of a container group.
   *
   * @param at when it is issued; it ends eight hours later
   * @return a good token to change
   */
  public SimulatedMaaToken container(Instant at) {
    return token(false, at);
  }

  /**
   * Starts a token of a confidential VM.
   *
   * @param at when it is issued; it ends eight hours later
   * @return a good token to change
   */
  public SimulatedMaaToken machine(Instant at) {
    return token(true, at);
  }

  /** No two tokens are the same, as of the real service. */
  private SimulatedMaaToken token(boolean machine, Instant at) {
    byte[] id = new byte[32];
    random.nextBytes(id);
    return SimulatedMaaToken.of(
        machine, kid(keys.get(0).getPublic()), instance, at, HexFormat.of().formatHex(id));
  }

  /**
   * Starts a token of a VM that is not confidential.
   *
   * @param at when it is issued; it ends eight hours later
   * @return a token that says nothing of hardware
   */
  public SimulatedMaaToken trustedLaunch(Instant at) {
    return machine(at).withoutHardware();
  }

  /**
   * Signs a token.
   *
   * @param token to sign, with RS256 whatever its header says
   * @return compact form
   */
  public String sign(SimulatedMaaToken token) {
    String input = token.signingInput();
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(keys.get(0).getPrivate(), random);
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Signs a token and wraps it.
   *
   * @param form what it is presented as
   * @param token to sign
   * @return evidence
   */
  public Evidence evidence(EvidenceForm form, SimulatedMaaToken token) {
    return Evidence.of(form, sign(token));
  }

  /**
   * Returns a collector whose tokens describe a container group that was never started.
   *
   * @param policySha256 digest of its container policy, 32 bytes
   * @param clock when they are issued
   * @return the collector
   */
  public EvidenceCollector containers(byte[] policySha256, Clock clock) {
    byte[] policy = policySha256.clone();
    return collector(
        EvidenceForm.MAA_JWT, () -> container(clock.instant()).bytes("hostdata", policy));
  }

  /**
   * Returns a collector whose tokens describe a confidential VM that was never started.
   *
   * @param measurement of its paravisor, 48 bytes
   * @param clock when they are issued
   * @return the collector
   */
  public EvidenceCollector machines(byte[] measurement, Clock clock) {
    byte[] launched = measurement.clone();
    return collector(EvidenceForm.MAA_CVM_JWT, () -> machine(clock.instant()).launched(launched));
  }

  /**
   * Returns a collector of tokens that differ from the usual.
   *
   * @param form what they are presented as
   * @param tokens makes each; the binding is put into it
   * @return the collector
   */
  public EvidenceCollector collector(EvidenceForm form, Supplier<SimulatedMaaToken> tokens) {
    return new EvidenceCollector() {
      @Override
      public EvidenceForm form() {
        return form;
      }

      @Override
      public Evidence collect(Binding binding, Deadline deadline) {
        return evidence(form, tokens.get().bound(binding.hash()));
      }
    };
  }
}
