// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * A failure whose message is written for people: it says what is wrong in one bounded line, without
 * a secret. Exceptions of this library implement it, and those of a host may: their messages reach
 * events and messages to users. The message of any other exception does not, because it is written
 * for programmers and can quote what was read.
 */
public interface ReadableFailure {
  /** {@return what is wrong, on one line, after a code if there is one} */
  String getMessage();

  /** {@return what is wrong, on one line, without a code} */
  default String problem() {
    return getMessage();
  }

  /**
   * Says in words of this library what failed.
   *
   * @param failure any failure
   * @return the problem of the first {@link ReadableFailure} among the failure and its causes; if
   *     there is none, words for the kind of the failure, never its message
   */
  static String textOf(Throwable failure) {
    // A chain of causes can be a cycle.
    int maxCauses = 16;
    Throwable kind = failure;
    Throwable cause = failure;
    for (int depth = 0; depth < maxCauses && cause != null; depth++) {
      if (cause instanceof ReadableFailure readable) {
        return readable.problem();
      }
      Throwable below = cause.getCause();
      if (cause == kind && isWrapper(cause) && below != null) {
        kind = below;
      }
      cause = below;
    }
    return kind instanceof IOException io ? ofInput(io) : ofOthers(kind);
  }

  private static boolean isWrapper(Throwable failure) {
    return failure instanceof CompletionException
        || failure instanceof ExecutionException
        || failure instanceof UncheckedIOException;
  }

  private static String ofInput(IOException failure) {
    if (failure instanceof FileSystemException file) {
      return ofFile(file);
    }
    if (failure instanceof UnknownHostException) {
      return "the host name is unknown";
    }
    if (failure instanceof ConnectException) {
      return "no connection";
    }
    if (failure instanceof SocketTimeoutException) {
      return "no answer in time";
    }
    if (failure instanceof SSLException) {
      return "no TLS connection: one end does not accept the other's certificate or version";
    }
    if (failure instanceof CharacterCodingException) {
      return "the text is not UTF-8";
    }
    if (failure instanceof EOFException) {
      return "the input is incomplete";
    }
    return "reading or writing failed (" + failure.getClass().getSimpleName() + ")";
  }

  private static String ofFile(FileSystemException failure) {
    if (failure instanceof NoSuchFileException) {
      return "file not found";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "the file already exists";
    }
    if (failure instanceof NotDirectoryException) {
      return "not a folder";
    }
    return "the file system refused it (" + failure.getClass().getSimpleName() + ")";
  }

  private static String ofOthers(Throwable failure) {
    if (failure instanceof TimeoutException) {
      return "no answer in time";
    }
    if (failure instanceof CancellationException || failure instanceof InterruptedException) {
      return "canceled";
    }
    return "unexpected failure (" + failure.getClass().getSimpleName() + ")";
  }
}
