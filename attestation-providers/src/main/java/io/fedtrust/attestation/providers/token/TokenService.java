// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.token;

import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.jws.CompactJws;
import java.util.Set;

/**
 * The description of a service that signs tokens about evidence.
 *
 * @param name first part of the names of its checks
 * @param kind of its tokens, for refusals
 * @param algorithms with which it signs, as in {@code alg}
 * @param keys kind of the collateral items that contain its keys
 * @param keysPath path of its key set below its address
 * @param reader finds the signed token in evidence
 */
public record TokenService(
    String name,
    JsonObject.Kind kind,
    Set<String> algorithms,
    String keys,
    String keysPath,
    Reader reader) {
  /** Copies the algorithms. */
  public TokenService {
    algorithms = Set.copyOf(algorithms);
  }

  /** Finds the token whose key is fetched; for several tokens, the outermost one. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Parses evidence.
     *
     * @throws MalformedEvidenceException if it contains no token of the service
     */
    CompactJws read(Evidence evidence) throws MalformedEvidenceException;
  }
}
