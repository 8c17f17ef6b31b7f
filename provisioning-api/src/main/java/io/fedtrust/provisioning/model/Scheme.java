// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.util.Locale;
import java.util.Optional;

/** How clients reach the server: the driver of NVFlare's communication layer. */
public enum Scheme {
  /** gRPC. */
  GRPC("grpc"),
  /** Plain socket frames. */
  TCP("tcp"),
  /** WebSocket. */
  HTTP("http");

  private final String text;

  Scheme(String text) {
    this.text = text;
  }

  /** {@return the value in documents: {@code grpc}, {@code tcp}, {@code http}} */
  public String text() {
    return text;
  }

  /**
   * Reads a value, in upper or lower case, with no blanks around it.
   *
   * @param text the value
   * @return empty if there is no such value
   */
  public static Optional<Scheme> of(String text) {
    for (Scheme value : values()) {
      if (value.text.equals(text.toLowerCase(Locale.ROOT))) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }
}
