// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.account.UserDatabase;
import io.fedtrust.provisioning.core.io.EffectiveUser;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.PrintableText;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who approves or revokes, and what they say about it.
 *
 * @param person a name; not authenticated
 * @param note free text
 */
public record Approver(String person, Optional<String> note) {
  private static final int MAX_PERSON = 128;
  private static final int MAX_NOTE = 1000;

  /**
   * Returns the name of the effective user in the user database, or {@code uid} and the user's
   * number. Neither an environment variable nor a system property changes it.
   */
  public static String account() {
    return Account.NAME;
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
    if (!isPrintable(text, longest)) {
      throw refuse(ErrorCode.INVALID_ARGS, field)
          .expected("1 to " + longest + " printable characters")
          .actual(text)
          .build();
    }
    return text;
  }

  private static boolean isPrintable(String text, int longest) {
    return !text.isBlank()
        && text.length() <= longest
        && text.codePoints().allMatch(PrintableText::isPrintable);
  }

  /** Looked up once: the user database may be a directory in the network. */
  private static final class Account {
    private static final String NAME = find();

    private static String find() {
      OptionalLong uid = EffectiveUser.uid();
      if (uid.isEmpty()) {
        return "unknown";
      }
      return UserDatabase.name(uid.getAsLong())
          .filter(name -> isPrintable(name, MAX_PERSON))
          .orElse("uid " + uid.getAsLong());
    }
  }
}
