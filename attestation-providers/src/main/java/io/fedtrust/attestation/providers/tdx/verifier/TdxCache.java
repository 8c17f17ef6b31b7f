// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import io.fedtrust.attestation.providers.pki.IssuanceChecks;
import io.fedtrust.attestation.providers.pki.RevocationList;
import io.fedtrust.attestation.providers.tdx.collateral.IntelAnchors;
import io.fedtrust.attestation.providers.tdx.format.QeIdentity;
import io.fedtrust.attestation.providers.tdx.format.SignedAnswer;
import io.fedtrust.attestation.providers.tdx.format.TcbInfo;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Proven chains, attestation keys, verified lists and documents, by the digests of all bytes they
 * come from. Holds no verdicts and nothing that depends on the time.
 */
final class TdxCache {
  private static final int MAX_PLATFORMS = 20_000;
  private static final int MAX_DOCUMENTS = 1024;

  private final List<TrustAnchor> anchors;
  private final IssuanceChecks issuance;
  private final Cache<String, PckChain> chains =
      Caffeine.newBuilder().maximumSize(MAX_PLATFORMS).build();
  private final Cache<ByteBuffer, PublicKey> keys =
      Caffeine.newBuilder().maximumSize(MAX_PLATFORMS).build();
  private final Cache<String, RevocationList> lists =
      Caffeine.newBuilder().maximumSize(MAX_DOCUMENTS).build();
  private final Cache<String, SigningChain> signers =
      Caffeine.newBuilder().maximumSize(MAX_DOCUMENTS).build();
  private final Cache<String, SignedDocument<TcbInfo>> tcbInfos =
      Caffeine.newBuilder().maximumSize(MAX_DOCUMENTS).build();
  private final Cache<String, SignedDocument<QeIdentity>> identities =
      Caffeine.newBuilder().maximumSize(MAX_DOCUMENTS).build();

  TdxCache(List<TrustAnchor> anchors, IssuanceChecks issuance) {
    this.anchors = anchors;
    this.issuance = issuance;
  }

  /** A computation that may fail. */
  @FunctionalInterface
  private interface Maker<T> {
    T make() throws MalformedEvidenceException;
  }

  private static <K, T> T cached(Cache<K, T> cache, K key, Maker<T> maker)
      throws MalformedEvidenceException {
    T known = cache.getIfPresent(key);
    if (known == null) {
      known = maker.make();
      cache.put(key, known);
    }
    return known;
  }

  /** Proves the chain of a quote's own text. */
  PckChain chain(byte[] pem) throws MalformedEvidenceException {
    return chain(Digests.sha256(pem), () -> CertificatePem.read(pem));
  }

  /** Proves a chain of certificates from several places. */
  PckChain chain(List<byte[]> ders) throws MalformedEvidenceException {
    StringBuilder key = new StringBuilder();
    ders.forEach(der -> key.append(Digests.sha256(der)));
    return chain(key.toString(), () -> ders);
  }

  /** Caches only proven chains, because anyone can create others. */
  private PckChain chain(String key, Maker<List<byte[]>> ders) throws MalformedEvidenceException {
    PckChain known = chains.getIfPresent(key);
    if (known == null) {
      known = PckChain.prove(anchors, issuance, ders.make());
      if (known.proven()) {
        chains.put(key, known);
      }
    }
    return known;
  }

  Optional<PublicKey> attestationKey(byte[] xy) {
    ByteBuffer name = ByteBuffer.wrap(xy);
    PublicKey known = keys.getIfPresent(name);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<PublicKey> key = issuance.signatures().p256Key(xy);
    key.ifPresent(made -> keys.put(name, made));
    return key;
  }

  RevocationList revocations(CollateralItem item, X509Certificate issuer, String issuerSha256)
      throws MalformedEvidenceException {
    return cached(
        lists,
        item.kind() + item.subject() + item.sha256() + issuerSha256,
        () -> RevocationList.verified(item, channel(item), issuer, issuance));
  }

  private static String channel(CollateralItem item) {
    return IntelAnchors.FAMILY + "/" + item.kind() + "/" + item.subject();
  }

  SignedDocument<TcbInfo> tcbInfo(CollateralItem item, CollateralItem issuer)
      throws MalformedEvidenceException {
    return cached(
        tcbInfos,
        key(item, issuer),
        () -> {
          SigningChain chain = signing(issuer);
          TcbInfo info = TcbInfo.parse(signed(SignedAnswer.tcbInfo(item.bytes()), chain));
          return new SignedDocument<>(
              info,
              use(item, info.evaluationDataNumber(), info.issueDate(), info.nextUpdate()),
              chain);
        });
  }

  SignedDocument<QeIdentity> qeIdentity(CollateralItem item, CollateralItem issuer)
      throws MalformedEvidenceException {
    return cached(
        identities,
        key(item, issuer),
        () -> {
          SigningChain chain = signing(issuer);
          QeIdentity identity =
              QeIdentity.parse(signed(SignedAnswer.qeIdentity(item.bytes()), chain));
          return new SignedDocument<>(
              identity,
              use(
                  item,
                  identity.evaluationDataNumber(),
                  identity.issueDate(),
                  identity.nextUpdate()),
              chain);
        });
  }

  private static CollateralUse use(CollateralItem item, int number, Instant issued, Instant next) {
    return new CollateralUse(
        channel(item), item.sha256(), Optional.of(BigInteger.valueOf(number)), issued, next);
  }

  private static String key(CollateralItem item, CollateralItem issuer) {
    return item.subject() + item.sha256() + issuer.sha256();
  }

  private SigningChain signing(CollateralItem issuer) throws MalformedEvidenceException {
    return cached(
        signers, issuer.sha256(), () -> SigningChain.verified(issuer.bytes(), anchors, issuance));
  }

  /** Returns the object whose very bytes the signer signed. */
  private byte[] signed(SignedAnswer answer, SigningChain chain) throws MalformedEvidenceException {
    boolean good =
        issuance
            .signatures()
            .verifyP1363(
                issuance.scheme(),
                chain.signer().getPublicKey(),
                answer.object(),
                answer.signature());
    if (!good) {
      throw SigningChain.KIND.refused(
          "a signature of " + chain.signer().getSubjectX500Principal(), "another");
    }
    return answer.object();
  }
}
