// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.request;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Ids of requests. */
final class RequestIds {
  private RequestIds() {}

  /** A version 4 UUID as 32 hex digits (RFC 9562 section 5.4). */
  static String next(SecureRandom random) {
    byte[] id = new byte[16];
    random.nextBytes(id);
    id[6] = (byte) ((id[6] & 0x0f) | 0x40);
    id[8] = (byte) ((id[8] & 0x3f) | 0x80);
    return HexFormat.of().formatHex(id);
  }
}
