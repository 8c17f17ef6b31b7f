// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** A question to the person at the terminal. Only {@code y} agrees. */
public final class Question {
  private static final int MAX_CHARACTERS = 16;

  private Question() {}

  /** Tells whether a person is there to answer. */
  public static boolean canBeAsked(CliEnvironment environment, boolean json) {
    return environment.typing()
        && environment.terminal()
        && !json
        && environment.variables().getOrDefault("CI", "").isBlank();
  }

  /** Asks. What was typed before the question was shown is no answer to it. */
  public static boolean agreed(CliEnvironment environment, String question) {
    discardPending(environment.in());
    environment.err().print(question + " [y/N] ");
    environment.err().flush();
    BufferedReader typed =
        new BufferedReader(new InputStreamReader(environment.in(), StandardCharsets.UTF_8), 64);
    StringBuilder answer = new StringBuilder();
    try {
      for (int c = typed.read(); c >= 0; c = typed.read()) {
        if (c == '\n') {
          return answer.toString().strip().equalsIgnoreCase("y");
        }
        if (answer.length() == MAX_CHARACTERS) {
          return false;
        }
        answer.append((char) c);
      }
    } catch (IOException e) {
      // Reading failed: there is no answer.
    }
    // The end of the input is no answer, and the cursor is still behind the question.
    environment.err().println();
    return false;
  }

  private static void discardPending(InputStream in) {
    try {
      while (in.available() > 0) {
        in.skipNBytes(in.available());
      }
    } catch (IOException e) {
      // Reading the answer will fail too.
    }
  }
}
