// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.util.Optional;

/**
 * Who approves or revokes, and what they say about it.
 *
 * @param person a name; not authenticated
 * @param note free text
 */
public record Approver(String person, Optional<String> note) {
  private static final int MAX_PERSON = 128;
  private static final int MAX_NOTE = 1000;

  /** Returns the name of the account that runs this process. */
  public static String account() {
    return System.getProperty("user.name", "unknown");
  }

  /** Refuses a name that cannot be shown. */
  public static String person(String text) {
    return printable("approver", text, MAX_PERSON);
  }

  /** Refuses a note that cannot be shown. */
  public static String note(String text) {
    return printable("note", text, MAX_NOTE);
  }

  private static String printable(String field, String text, int longest) {
    boolean printable =
        !text.isBlank()
            && text.length() <= longest
            && text.codePoints()
                .noneMatch(
                    c -> {
                      int type = Character.getType(c);
                      return Character.isISOControl(c)
                          || type == Character.FORMAT
                          || type == Character.SURROGATE
                          || type == Character.LINE_SEPARATOR
                          || type == Character.PARAGRAPH_SEPARATOR;
                    });
    if (!printable) {
      throw refuse(ErrorCode.INVALID_ARGS, field)
          .expected("1 to " + longest + " printable characters")
          .actual(text)
          .build();
    }
    return text;
  }
}
