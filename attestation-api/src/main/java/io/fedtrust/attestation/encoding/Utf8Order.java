// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.encoding;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** Text by its UTF-8 bytes, unsigned: another order than that of Java's characters. */
public enum Utf8Order implements Comparator<String> {
  INSTANCE;

  @Override
  public int compare(String first, String second) {
    return Arrays.compareUnsigned(
        first.getBytes(StandardCharsets.UTF_8), second.getBytes(StandardCharsets.UTF_8));
  }
}
