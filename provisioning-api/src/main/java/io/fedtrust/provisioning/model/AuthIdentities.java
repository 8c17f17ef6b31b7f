// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.PrintableText;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which common name NVFlare's runtime expects of a certificate where it would otherwise expect the
 * first part of a cell's name. Settings of one's own kit: they are in no request and in no
 * approval, and change no certificate. Read from line 2.9 of the runtime on.
 *
 * @param own {@code auth_identity}: the common name of one's own certificate
 * @param others {@code auth_identity_map}: full name of a cell, for example {@code relay-1.site-1},
 *     to the common name expected of it
 */
public record AuthIdentities(Optional<String> own, Map<String, String> others) {
  /** How many cells a participant may map. */
  public static final int MAX_CELLS = 2048;

  /** What X.520 allows. */
  private static final int MAX_COMMON_NAME = 64;

  /** What the runtime expects by itself. */
  public static final AuthIdentities NONE = new AuthIdentities(Optional.empty(), Map.of());

  /**
   * Checks names and number.
   *
   * @param own the common name of one's own certificate
   * @param others full names of cells and the common names expected of them
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS}
   */
  public AuthIdentities {
    own.ifPresent(identity -> requireCommonName("auth_identity", identity));
    requireFew(others.size());
    others.forEach(
        (cell, identity) -> {
          if (!NameRule.CELL.accepts(cell)) {
            throw refuse(ErrorCode.INVALID_ARGS, "auth_identity_map")
                .expected(NameRule.CELL.expectation())
                .actual(cell)
                .build();
          }
          requireCommonName("auth_identity_map." + cell, identity);
        });
    others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
  }

  /**
   * Refuses a map that is longer than a definition should have.
   *
   * @param count how many cells it has
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS} if there
   *     are more than {@value #MAX_CELLS}
   */
  public static void requireFew(int count) {
    if (count > MAX_CELLS) {
      throw refuse(ErrorCode.INVALID_ARGS, "auth_identity_map")
          .expected("at most " + MAX_CELLS + " cells")
          .actual(count)
          .build();
    }
  }

  /** Refuses a map that says of a client's own cell what its {@code auth_identity} denies. */
  void requireAgreement(String name) {
    String mapped = others.get(name);
    if (mapped != null && own.isPresent() && !own.get().equals(mapped)) {
      throw refuse(ErrorCode.INVALID_ARGS, "auth_identity_map." + name)
          .expected(own.get() + ", as auth_identity")
          .actual(mapped)
          .build();
    }
  }

  /** Of any certificate: also of one that this library would not issue. */
  private static void requireCommonName(String field, String value) {
    if (value.isEmpty()
        || value.length() > MAX_COMMON_NAME
        || !value.strip().equals(value)
        || !value.codePoints().allMatch(PrintableText::isPrintable)) {
      throw refuse(ErrorCode.INVALID_ARGS, field)
          .expected("1 to " + MAX_COMMON_NAME + " printable characters, no blank at either end")
          .actual(value)
          .build();
    }
  }
}
