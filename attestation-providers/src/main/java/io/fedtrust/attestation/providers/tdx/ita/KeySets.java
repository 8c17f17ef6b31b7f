// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.ita;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.jws.JsonWebKeys;
import io.fedtrust.attestation.providers.support.JsonObject;

/**
 * Key sets by the digests of the items they come from: a set is read, and its chains proven, once.
 */
final class KeySets {
  private static final int MAX_SETS = 64;
  private static final JsonObject.Kind KIND =
      new JsonObject.Kind("ita.keys", ReasonCode.COLLATERAL_INVALID, "trust protocol, section 9");

  private final Cache<String, KeySet> known = Caffeine.newBuilder().maximumSize(MAX_SETS).build();

  /** What an item says of its keys, and the keys. */
  record KeySet(ServiceKeys stated, JsonWebKeys keys) {}

  /**
   * Reads a key set.
   *
   * @throws MalformedEvidenceException if its keys cannot be used
   * @throws io.fedtrust.attestation.AttestationException if the item is of another shape
   */
  KeySet read(CollateralItem item) throws MalformedEvidenceException {
    KeySet set = known.getIfPresent(item.sha256());
    if (set == null) {
      ServiceKeys stated = ServiceKeys.read(item.bytes());
      set = new KeySet(stated, JsonWebKeys.read(new JsonObject(KIND, "jwks.", stated.jwks())));
      known.put(item.sha256(), set);
    }
    return set;
  }
}
