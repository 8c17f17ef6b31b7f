// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;

/** One change has more files than its journal can list; nothing was changed. */
public final class TooManyFilesException extends IOException {
  private static final long serialVersionUID = 1L;

  TooManyFilesException() {
    super("too many files for one change");
  }
}
