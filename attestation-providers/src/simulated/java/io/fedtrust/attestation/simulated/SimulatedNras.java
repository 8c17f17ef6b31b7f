// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.nvidia.nras.NrasItems;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;

/**
 * NVIDIA's remote attestation service in software: bundles under a key that is made with it and
 * kept in memory.
 */
public final class SimulatedNras {
  private static final int COORDINATE_BYTES = 48;

  private final String kid;
  private final KeyPair keys;
  private final SecureRandom random;

  private SimulatedNras(String kid, KeyPair keys, SecureRandom random) {
    this.kid = kid;
    this.keys = keys;
    this.random = random;
  }

  /**
   * Makes a service with a fresh key.
   *
   * @param random source of its key
   * @return the service
   */
  public static SimulatedNras create(SecureRandom random) {
    return new SimulatedNras("simulated-1", SimulatedAuthority.p384(random), random);
  }

  /**
   * Changes the service's key.
   *
   * @return the service as it is afterwards
   */
  public SimulatedNras rotated() {
    return new SimulatedNras(kid + "-next", SimulatedAuthority.p384(random), random);
  }

  /**
   * Returns its keys. A verifier with them trusts tokens that anyone with this object can create.
   *
   * @param expiresAt until when they are used
   * @return keys of trust {@code SIMULATED}
   */
  public ServiceKeys keys(Instant expiresAt) {
    return ServiceKeys.of(NrasItems.ISSUER, expiresAt, ServiceKeys.Trust.SIMULATED, jwks());
  }

  /**
   * Returns its key as the service publishes it.
   *
   * @return a JSON Web Key Set
   */
  public byte[] jwks() {
    ECPublicKey key = (ECPublicKey) keys.getPublic();
    return ("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-384\",\"use\":\"sig\",\"alg\":\"ES384\",\"kid\":\""
            + kid
            + "\",\"x\":\""
            + coordinate(key.getW().getAffineX())
            + "\",\"y\":\""
            + coordinate(key.getW().getAffineY())
            + "\"}]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Returns its key in a certificate alone, as NVIDIA's service publishes it.
   *
   * @param from when the certificate begins
   * @return a JSON Web Key Set without coordinates
   */
  public byte[] certifiedJwks(Instant from) {
    byte[] certificate = SimulatedAuthority.root("SIMULATED NRAS", keys, from).der();
    return ("{\"keys\":[{\"kty\":\"EC\",\"kid\":\""
            + kid
            + "\",\"x5c\":[\""
            + Base64.getEncoder().encodeToString(certificate)
            + "\"]}]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String coordinate(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] padded = new byte[COORDINATE_BYTES];
    int length = Math.min(bytes.length, padded.length);
    System.arraycopy(bytes, bytes.length - length, padded, padded.length - length, length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(padded);
  }

  /**
   * Starts an answer about one GPU.
   *
   * @param nonce 32 bytes
   * @param at when it is issued; it ends an hour later
   * @return a good answer to change
   */
  public SimulatedBundle bundle(byte[] nonce, Instant at) {
    return SimulatedBundle.of(kid, nonce, at).gpu();
  }

  /**
   * Signs an answer.
   *
   * @param bundle to sign
   * @return JSON
   */
  public String sign(SimulatedBundle bundle) {
    return bundle.json(this::token);
  }

  /**
   * Signs an answer and wraps it.
   *
   * @param bundle to sign
   * @return evidence
   */
  public Evidence evidence(SimulatedBundle bundle) {
    return Evidence.of(EvidenceForm.NRAS_EAT, sign(bundle));
  }

  private String token(String input) {
    try {
      Signature signature = Signature.getInstance("SHA384withECDSAinP1363Format");
      signature.initSign(keys.getPrivate(), random);
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns a collector whose answers speak of a GPU that is not there.
   *
   * @param clock when they are issued
   * @return the collector
   */
  public EvidenceCollector collector(Clock clock) {
    return new EvidenceCollector() {
      @Override
      public EvidenceForm form() {
        return EvidenceForm.NRAS_EAT;
      }

      @Override
      public Evidence collect(Binding binding, Deadline deadline) {
        return evidence(bundle(binding.hash(), clock.instant()));
      }
    };
  }
}
