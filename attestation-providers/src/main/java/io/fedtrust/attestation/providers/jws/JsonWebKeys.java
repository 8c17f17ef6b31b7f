// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.jws;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.checks.Validity;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.providers.pki.SignedAsn1;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A set of public keys (RFC 7517), RSA of 2048 to 8192 bits or on P-384. A key comes as numbers, as
 * the first certificate of a chain, or as both, which must then agree; each certificate of a chain
 * must have signed the one before it. Keys of other kinds or sizes are ignored (RFC 7517 section
 * 5).
 *
 * @param keys in order, each with an identity of its own
 * @param unusable identities of keys of other kinds or sizes
 */
public record JsonWebKeys(List<Key> keys, Set<String> unusable) {
  private static final int MAX_KEYS = 64;
  private static final int MAX_CHAIN = 10;
  private static final int MIN_BITS = 2048;
  private static final int MAX_BITS = 8192;
  private static final int CURVE_BITS = 384;

  /** Azure's services put evidence of their own into their certificates. */
  private static final int MAX_CERTIFICATE_BYTES = 64 << 10;

  private static final Set<String> KINDS = Set.of("RSA", "EC");

  /**
   * Copies what it gets.
   *
   * @param keys in order
   * @param unusable identities of keys of other kinds or sizes
   */
  public JsonWebKeys {
    keys = List.copyOf(keys);
    unusable = Set.copyOf(unusable);
  }

  /**
   * A key.
   *
   * @param id its {@code kid}
   * @param algorithm that alone it is for, if it says so
   * @param publicKey the key
   * @param chainValidity of its certificates, if it has any
   * @param fingerprints SHA-256 of SubjectPublicKeyInfo, of the key and of all above it
   */
  public record Key(
      String id,
      Optional<String> algorithm,
      PublicKey publicKey,
      Optional<Validity> chainValidity,
      Set<String> fingerprints) {}

  /**
   * Reads a set.
   *
   * @throws MalformedEvidenceException if a key does not agree with its certificates, or an
   *     identity is there twice
   */
  public static JsonWebKeys read(JsonObject set) throws MalformedEvidenceException {
    List<Key> keys = new ArrayList<>();
    Set<String> unusable = new HashSet<>();
    Set<String> ids = new HashSet<>();
    for (JsonObject key : set.objects("keys", MAX_KEYS)) {
      String id = key.text("kid");
      if (!ids.add(id)) {
        throw set.kind().refused("every kid once", id);
      }
      Optional<Key> read = key(key);
      read.ifPresent(keys::add);
      if (read.isEmpty()) {
        unusable.add(id);
      }
    }
    return new JsonWebKeys(keys, unusable);
  }

  private static Optional<Key> key(JsonObject key) throws MalformedEvidenceException {
    if (!KINDS.contains(key.text("kty"))) {
      return Optional.empty();
    }
    List<X509Certificate> chain = chain(key);
    boolean rsa = key.text("kty").equals("RSA");
    Optional<PublicKey> numbers =
        rsa
            ? key.has("n") ? Optional.of(rsa(key)) : Optional.empty()
            : key.has("x") ? Optional.of(curve(key)) : Optional.empty();
    PublicKey publicKey =
        numbers
            .or(() -> chain.stream().findFirst().map(X509Certificate::getPublicKey))
            .orElseThrow(() -> key.kind().refused("numbers, or x5c", "neither"));
    if (rsa ? !isSized(publicKey) : !Signatures.isOnCurve(publicKey, CURVE_BITS)) {
      return Optional.empty();
    }
    if (key.has("use") && !key.text("use").equals("sig")) {
      return Optional.empty();
    }
    if (!chain.isEmpty() && !chain.get(0).getPublicKey().equals(publicKey)) {
      throw key.kind().refused("a certificate of this key", "of another");
    }
    Set<String> fingerprints = new HashSet<>();
    fingerprints.add(Digests.sha256(publicKey.getEncoded()));
    chain.forEach(
        certificate -> fingerprints.add(Digests.sha256(certificate.getPublicKey().getEncoded())));
    return Optional.of(
        new Key(
            key.text("kid"),
            key.findText("alg"),
            publicKey,
            chain.isEmpty() ? Optional.empty() : Optional.of(Validity.of(chain)),
            Set.copyOf(fingerprints)));
  }

  private static boolean isSized(PublicKey key) {
    return key instanceof RSAPublicKey rsa
        && rsa.getModulus().bitLength() >= MIN_BITS
        && rsa.getModulus().bitLength() <= MAX_BITS;
  }

  private static PublicKey curve(JsonObject key) throws MalformedEvidenceException {
    try {
      return new ECKey.Builder(
              Curve.parse(key.text("crv")),
              new Base64URL(key.text("x")),
              new Base64URL(key.text("y")))
          .build()
          .toECPublicKey();
    } catch (JOSEException | IllegalArgumentException | IllegalStateException e) {
      throw key.kind().refused("a point of its curve", "other numbers");
    }
  }

  private static PublicKey rsa(JsonObject key) throws MalformedEvidenceException {
    try {
      return KeyFactory.getInstance("RSA")
          .generatePublic(new RSAPublicKeySpec(number(key, "n"), number(key, "e")));
    } catch (GeneralSecurityException e) {
      throw key.kind().refused("an RSA key", "other numbers");
    }
  }

  private static BigInteger number(JsonObject key, String name) throws MalformedEvidenceException {
    try {
      return new BigInteger(1, Base64.getUrlDecoder().decode(key.text(name)));
    } catch (IllegalArgumentException e) {
      throw key.kind().refused(name + " in base64url", "other characters");
    }
  }

  private static List<X509Certificate> chain(JsonObject key) throws MalformedEvidenceException {
    List<X509Certificate> chain = new ArrayList<>();
    for (String text : key.texts("x5c", MAX_CHAIN)) {
      try {
        chain.add(
            Certificates.parse(
                SignedAsn1.parse(Base64.getDecoder().decode(text), MAX_CERTIFICATE_BYTES)));
      } catch (IllegalArgumentException e) {
        throw key.kind().refused("certificates in base64", "other characters");
      }
    }
    for (int i = 0; i + 1 < chain.size(); i++) {
      X509Certificate upper = chain.get(i + 1);
      try {
        chain.get(i).verify(upper.getPublicKey());
      } catch (GeneralSecurityException e) {
        throw key.kind().refused("a chain in which each signed the one before", "another");
      }
      if (upper.getBasicConstraints() < i) {
        throw key.kind().refused("CA certificates above the key's", "another");
      }
    }
    return chain;
  }

  /** Finds a key by its identity. */
  public Optional<Key> find(String id) {
    return keys.stream().filter(key -> key.id().equals(id)).findFirst();
  }
}
