// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.wire;

import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.spi.PeerMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages between sites as JSON: an object with {@code topic} and {@code body}. */
public final class PeerMessageJson {
  /** Most bytes of a message: 8 MiB (docs/protocol/exchange.md#messages). */
  public static final int MAX_BYTES = 8 * 1024 * 1024;

  private static final String TOPIC = "topic";
  private static final String BODY = "body";

  private PeerMessageJson() {}

  /**
   * Writes a message.
   *
   * @param message to write
   * @return JSON on one line, UTF-8
   */
  public static byte[] write(PeerMessage message) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(TOPIC, message.topic());
    map.put(BODY, message.body());
    return StrictJson.writeLine(map).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a message.
   *
   * @param json as received
   * @param maxBytes a longer one is refused
   * @return the message
   * @throws IOException if it is not exactly one such object
   */
  public static PeerMessage read(byte[] json, int maxBytes) throws IOException {
    Map<String, @Nullable Object> map = StrictJson.read(json, maxBytes);
    if (!(map.get(TOPIC) instanceof String topic) || !(map.get(BODY) instanceof Map<?, ?> body)) {
      throw new UnreadableException("expected topic and body, was something else");
    }
    Map<String, Object> values = new LinkedHashMap<>();
    body.forEach(
        (name, value) -> {
          if (value != null) {
            values.put(String.valueOf(name), value);
          }
        });
    return new PeerMessage(topic, values);
  }
}
