// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.GroupRound;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The nonces that this site gave to rounds, one for each job. Each is spent on the first list that
 * is answered with it, so that one nonce never vouches for two lists (trust protocol, section 4).
 */
final class GroupNonces {
  private static final int MAX_JOBS = 1024;

  private final SecureRandom random;
  private final Map<String, Nonce> open = new LinkedHashMap<>();

  GroupNonces(SecureRandom random) {
    this.random = random;
  }

  /**
   * A nonce and when it was given: the age of evidence in its round counts from there.
   *
   * @param value 32 bytes
   * @param issuedAt by the wall clock
   */
  record Nonce(Bytes value, Instant issuedAt) {}

  /** Gives a fresh nonce for a job; a former one of the same job is worth nothing from now on. */
  synchronized Nonce fresh(String job, Instant now) {
    Nonce nonce = new Nonce(Bytes.of(Challenge.random(random).value()), now);
    open.remove(job);
    if (open.size() == MAX_JOBS) {
      open.remove(open.keySet().iterator().next());
    }
    open.put(job, nonce);
    return nonce;
  }

  /** Takes this site's nonce if a list contains it: once, whatever then becomes of the list. */
  synchronized Optional<Nonce> spend(GroupRound round, String self) {
    Nonce nonce = open.get(round.job());
    if (nonce == null || !nonce.value().equals(round.nonces().get(self))) {
      return Optional.empty();
    }
    open.remove(round.job());
    return Optional.of(nonce);
  }
}
