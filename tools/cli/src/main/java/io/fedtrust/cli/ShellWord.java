// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import java.util.regex.Pattern;

/** A word of a command line that a person can paste into a POSIX shell. */
public final class ShellWord {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+,=-]+");

  private ShellWord() {}

  /** Returns the text itself, or quoted if a shell would read it otherwise. */
  public static String of(Object text) {
    String word = String.valueOf(text);
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
