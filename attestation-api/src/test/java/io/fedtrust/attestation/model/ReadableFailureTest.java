// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Failures in words for people. */
class ReadableFailureTest {
  private static final String SECRET = "s3cret of the JDK";

  private static final class HostException extends RuntimeException implements ReadableFailure {
    private static final long serialVersionUID = 1L;

    HostException(String message) {
      super(message);
    }
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new NoSuchFileException(SECRET), "file not found"),
        Arguments.of(new AccessDeniedException(SECRET), "permission denied"),
        Arguments.of(new FileAlreadyExistsException(SECRET), "the file already exists"),
        Arguments.of(new NotDirectoryException(SECRET), "not a folder"),
        Arguments.of(new FileSystemException(SECRET), "the file system refused it"),
        Arguments.of(new UnknownHostException(SECRET), "the host name is unknown"),
        Arguments.of(new ConnectException(SECRET), "no connection"),
        Arguments.of(new SocketTimeoutException(SECRET), "no answer in time"),
        Arguments.of(new SSLHandshakeException(SECRET), "no TLS connection"),
        Arguments.of(new MalformedInputException(1), "the text is not UTF-8"),
        Arguments.of(new EOFException(SECRET), "the input is incomplete"),
        Arguments.of(new IOException(SECRET), "reading or writing failed (IOException)"),
        Arguments.of(new TimeoutException(SECRET), "no answer in time"),
        Arguments.of(new CancellationException(SECRET), "canceled"),
        Arguments.of(new InterruptedException(SECRET), "canceled"),
        Arguments.of(
            new IllegalStateException(SECRET), "unexpected failure (IllegalStateException)"),
        Arguments.of(new StackOverflowError(SECRET), "unexpected failure (StackOverflowError)"),
        Arguments.of(
            new CompletionException(SECRET, new ConnectException(SECRET)), "no connection"),
        Arguments.of(
            new ExecutionException(SECRET, new UncheckedIOException(new EOFException(SECRET))),
            "the input is incomplete"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("failures")
  @DisplayName("the message of an exception of the JDK is replaced with words for its kind")
  void jdk(Throwable failure, String words) {
    assertThat(ReadableFailure.textOf(failure)).startsWith(words).doesNotContain(SECRET);
  }

  @Test
  @DisplayName("an exception of this library or of the host says it itself, however it is wrapped")
  void readable() {
    Exception malformed =
        MalformedEvidenceException.of("a", ReasonCode.EVIDENCE_MALFORMED, 2, 1, "section 1");
    assertThat(ReadableFailure.textOf(malformed)).isEqualTo(malformed.getMessage());
    assertThat(
            ReadableFailure.textOf(
                new CompletionException(
                    new IllegalStateException(SECRET, new HostException("the proxy is down")))))
        .isEqualTo("the proxy is down");
  }

  @Test
  @DisplayName("causes that form a cycle come to an end")
  void cycle() {
    IllegalStateException one = new IllegalStateException(SECRET);
    IllegalStateException other = new IllegalStateException(SECRET, one);
    one.initCause(other);
    assertThat(ReadableFailure.textOf(one)).isEqualTo("unexpected failure (IllegalStateException)");
  }

  @Test
  @DisplayName("malformed evidence carries its reason for programs")
  void reason() {
    MalformedEvidenceException malformed =
        MalformedEvidenceException.of("a", ReasonCode.ALGORITHM_NOT_ALLOWED, 2, 1, "section 1");
    assertThat(malformed.code()).isEqualTo(ReasonCode.ALGORITHM_NOT_ALLOWED);
    Check passed = Check.passed("a", 1, 1, "section 1");
    assertThatThrownBy(() -> new MalformedEvidenceException(passed))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("text from others is one bounded line in which everything can be seen")
  void printable() {
    assertThat(PrintableText.of("plain", 5)).isEqualTo("plain");
    assertThat(PrintableText.of("a\nb\u0000\u202e\u2028\ud800", 99))
        .isEqualTo("a\\u{a}b\\u{0}\\u{202e}\\u{2028}\\u{d800}");
    assertThat(PrintableText.of("Universit\u00e4t \ud83d\ude00", 99))
        .isEqualTo("Universit\u00e4t \ud83d\ude00");
    assertThat(PrintableText.of("abcdef", 3)).isEqualTo("abc...");
    assertThat(PrintableText.of("\ud83d\ude00\ud83d\ude00", 1)).isEqualTo("\ud83d\ude00...");
  }
}
