// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.tdx.ita.ItaItems;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;

/**
 * Intel Trust Authority in software: tokens under a key that is made with it and kept in memory.
 */
public final class SimulatedTrustAuthority {
  private static final String KID = "simulated-1";
  private static final int BITS = 3072;

  private final KeyPair keys;
  private final SecureRandom random;

  private SimulatedTrustAuthority(KeyPair keys, SecureRandom random) {
    this.keys = keys;
    this.random = random;
  }

  /**
   * Makes a service with a fresh key.
   *
   * @param random source of its key
   * @return the service
   */
  public static SimulatedTrustAuthority create(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS, random);
      return new SimulatedTrustAuthority(generator.generateKeyPair(), random);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns its keys. A verifier with them trusts tokens that anyone with this object can create.
   *
   * @param expiresAt until when they are used
   * @return keys of trust {@code SIMULATED}
   */
  public ServiceKeys keys(Instant expiresAt) {
    return ServiceKeys.of(ItaItems.ISSUER, expiresAt, ServiceKeys.Trust.SIMULATED, jwks());
  }

  /**
   * Returns its keys as the service publishes them.
   *
   * @return a JSON Web Key Set
   */
  public byte[] jwks() {
    RSAPublicKey key = (RSAPublicKey) keys.getPublic();
    return ("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\""
            + KID
            + "\",\"alg\":\"PS384\",\"n\":\""
            + number(key.getModulus())
            + "\",\"e\":\""
            + number(key.getPublicExponent())
            + "\"}]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String number(BigInteger value) {
    byte[] bytes = value.toByteArray();
    int from = bytes[0] == 0 ? 1 : 0;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(java.util.Arrays.copyOfRange(bytes, from, bytes.length));
  }

  /**
   * Starts a token of version 2, with the claims of TDX in an object of their own.
   *
   * @param at when it is issued; it ends five minutes later
   * @return a good token to change
   */
  public SimulatedToken token(Instant at) {
    return SimulatedToken.of(true, KID, ItaItems.ISSUER, at);
  }

  /**
   * Starts a token of version 1, with all claims side by side.
   *
   * @param at when it is issued; it ends five minutes later
   * @return a good token to change
   */
  public SimulatedToken flatToken(Instant at) {
    return SimulatedToken.of(false, KID, ItaItems.ISSUER, at);
  }

  /**
   * Signs a token.
   *
   * @param token to sign, with PS384 or RS256 as its header says; with PS384 for anything else
   * @return compact form
   */
  public String sign(SimulatedToken token) {
    String input = token.signingInput();
    try {
      Signature signature;
      if (token.algorithm().equals("\"RS256\"")) {
        signature = Signature.getInstance("SHA256withRSA");
      } else {
        signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(
            new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1));
      }
      signature.initSign(keys.getPrivate(), random);
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Signs a token and wraps it.
   *
   * @param token to sign
   * @return evidence
   */
  public Evidence evidence(SimulatedToken token) {
    return Evidence.of(EvidenceForm.ITA_JWT, sign(token));
  }

  /**
   * Returns a collector whose tokens describe a TD that was never launched.
   *
   * @param measurement MRTD of its tokens, 48 bytes
   * @param clock when they are issued
   * @return the collector
   */
  public EvidenceCollector collector(byte[] measurement, Clock clock) {
    byte[] launched = measurement.clone();
    return new EvidenceCollector() {
      @Override
      public EvidenceForm form() {
        return EvidenceForm.ITA_JWT;
      }

      @Override
      public Evidence collect(Binding binding, Deadline deadline) {
        return evidence(
            token(clock.instant())
                .measurement("mrtd", launched)
                .bound(binding.hash(), reportData(binding.hash())));
      }
    };
  }

  /**
   * Computes what a quote carries where the service supplied no nonce.
   *
   * @param held by the attester
   * @return 64 bytes
   */
  public static byte[] reportData(byte[]... held) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-512");
      for (byte[] part : held) {
        digest.update(part);
      }
      return digest.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-512", e);
    }
  }
}
