// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What evidence says about one thing. Absent claims are absent: there are no defaults. */
public sealed interface ClaimValue {

  /**
   * {@return the value as people and policies write it, never empty for a claim that is there,
   * except for empty text}
   */
  String text();

  /**
   * Yes or no.
   *
   * @param value the claim
   */
  record Flag(boolean value) implements ClaimValue {
    @Override
    public String text() {
      return String.valueOf(value);
    }
  }

  /**
   * A whole number.
   *
   * @param value the claim; 64 bits without sign
   */
  record Whole(long value) implements ClaimValue {
    @Override
    public String text() {
      return Long.toUnsignedString(value);
    }
  }

  /**
   * Bits with a meaning each.
   *
   * @param value the claim; 64 bits
   */
  record Bits(long value) implements ClaimValue {
    @Override
    public String text() {
      return "0x" + Long.toHexString(value);
    }
  }

  /**
   * Text.
   *
   * @param text the claim
   */
  record Text(String text) implements ClaimValue {}

  /**
   * Bytes, as lower-case hex.
   *
   * @param text the claim, two digits a byte
   */
  record Octets(String text) implements ClaimValue {
    /**
     * Writes bytes as hex.
     *
     * @param bytes the claim; not kept
     * @return the value
     */
    public static Octets of(byte[] bytes) {
      return new Octets(HexFormat.of().formatHex(bytes));
    }
  }

  /**
   * Several texts, for example of a log, in its order.
   *
   * @param texts the claim; may be empty
   */
  record Texts(List<String> texts) implements ClaimValue {
    /**
     * Copies the list.
     *
     * @param texts the claim; may be empty
     */
    public Texts {
      texts = List.copyOf(texts);
    }

    @Override
    public String text() {
      return String.join(", ", texts);
    }
  }

  /**
   * Levels of named components, for example of a TCB. Compared component by component.
   *
   * @param levels level by component, in the order of the format
   */
  record Levels(Map<String, Long> levels) implements ClaimValue {
    /**
     * Keeps the order.
     *
     * @param levels level by component, in the order of the format
     */
    public Levels {
      levels = Collections.unmodifiableMap(new LinkedHashMap<>(levels));
    }

    @Override
    public String text() {
      return levels.entrySet().stream()
          .map(level -> level.getKey() + " " + level.getValue())
          .collect(Collectors.joining(", "));
    }
  }
}
