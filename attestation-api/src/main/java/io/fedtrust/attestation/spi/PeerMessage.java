// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What goes from site to site: a topic and plain values (texts, whole numbers, booleans, lists and
 * maps with text keys), so that any serializer can carry it. A channel bounds what it reads before
 * it makes a message of it.
 *
 * @param topic what it is about; the names are NVFlare's where it has one
 * @param body its values
 */
public record PeerMessage(String topic, Map<String, Object> body) {
  /** Topic of a reply that refuses; its body has one member, {@link #REASON}. */
  public static final String REFUSED = "refused";

  /** Member of a refusal that says why. */
  public static final String REASON = "reason";

  /**
   * Copies the body.
   *
   * @param topic what it is about
   * @param body its values
   */
  public PeerMessage {
    Objects.requireNonNull(topic, "topic");
    body = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(body));
  }

  /**
   * Refuses a request.
   *
   * @param reason a code, and what was expected and found; never a token
   * @return the reply
   */
  public static PeerMessage refused(String reason) {
    return new PeerMessage(REFUSED, Map.of(REASON, reason));
  }

  /** Without the values: there are tokens among them. */
  @Override
  public String toString() {
    return topic + " " + body.keySet();
  }
}
