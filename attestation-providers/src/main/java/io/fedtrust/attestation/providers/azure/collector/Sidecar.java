// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.collector;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.providers.fetch.BoundedHttp;
import io.fedtrust.attestation.spi.Deadline;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Azure's attestation sidecar, a container in the same group that uses the secure processor and
 * Microsoft's service (confidential sidecar containers, {@code skr}). Asked over the loopback
 * interface alone, several times where it fails: it may start after us. Outside of SEV-SNP it makes
 * reports of its own, which no verifier accepts.
 */
public final class Sidecar {
  /** The default address; NVFlare's templates use port 8284. */
  public static final URI LOCAL = URI.create("http://127.0.0.1:8080");

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
  private static final JsonObject.Kind ANSWER =
      new JsonObject.Kind(
          "sidecar",
          ReasonCode.EVIDENCE_MALFORMED,
          "Confidential containers on Azure, sidecar skr");
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_ATTEMPTS = 100;
  private static final int REPORT_BYTES = 1184;
  private static final int SUCCESS = 200;

  private final BoundedHttp http = new BoundedHttp(LONGEST);
  private final URI base;
  private final int attempts;
  private final Duration wait;
  private final Consumer<Duration> pause;

  private Sidecar(URI base, int attempts, Duration wait, Consumer<Duration> pause) {
    this.base = base;
    this.attempts = attempts;
    this.wait = wait;
    this.pause = pause;
  }

  /**
   * Uses the sidecar of this container group.
   *
   * @return a client of {@link #LOCAL}, five attempts, two seconds apart
   */
  public static Sidecar ofThisMachine() {
    return at(LOCAL);
  }

  /**
   * Uses a sidecar at another address.
   *
   * @param base http address of this machine
   * @return a client, five attempts, two seconds apart
   * @throws IllegalArgumentException if it is another machine's
   */
  public static Sidecar at(URI base) {
    if (!"http".equals(base.getScheme()) || !LOOPBACK.contains(String.valueOf(base.getHost()))) {
      throw new IllegalArgumentException(
          "sidecar: expected an http address of this machine, was " + base);
    }
    return new Sidecar(
        base, 5, Duration.ofSeconds(2), time -> LockSupport.parkNanos(time.toNanos()));
  }

  /**
   * Sets the number of attempts and the time between them.
   *
   * @param times from 1 to 100
   * @param between how long to wait between two attempts
   * @return a client that does
   * @throws IllegalArgumentException for another number
   */
  public Sidecar attempts(int times, Duration between) {
    if (times < 1 || times > MAX_ATTEMPTS) {
      throw new IllegalArgumentException("attempts: expected 1 to 100, was " + times);
    }
    return new Sidecar(base, times, between, pause);
  }

  /**
   * Waits in another way.
   *
   * @param waiting between two attempts
   * @return a client that does
   */
  public Sidecar pausing(Consumer<Duration> waiting) {
    return new Sidecar(base, attempts, wait, waiting);
  }

  /**
   * Requests a report ({@code /attest/raw}).
   *
   * @param runtimeData whose digest it contains
   * @param deadline by which it must be there
   * @return 1184 bytes
   * @throws AttestationException {@code NOT_CONFIDENTIAL} if there is no sidecar, {@code
   *     COLLECTION_FAILED}, {@code COLLECTION_TIMED_OUT}
   */
  public byte[] report(byte[] runtimeData, Deadline deadline) {
    return ask(
        "/attest/raw",
        Map.of("runtime_data", base64(runtimeData)),
        answer -> answer.hex("report", REPORT_BYTES),
        deadline);
  }

  /**
   * Requests a token of Microsoft's service ({@code /attest/maa}).
   *
   * @param host of the service's instance
   * @param runtimeData JSON whose digest the report contains
   * @param deadline by which it must be there
   * @return a compact JWS
   * @throws AttestationException {@code NOT_CONFIDENTIAL} if there is no sidecar, {@code
   *     COLLECTION_FAILED}, {@code COLLECTION_TIMED_OUT}
   */
  public String token(String host, byte[] runtimeData, Deadline deadline) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("maa_endpoint", host);
    request.put("runtime_data", base64(runtimeData));
    return ask("/attest/maa", request, answer -> answer.text("token"), deadline);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Returns the requested member of a response. */
  @FunctionalInterface
  private interface Reading<T> {
    T read(JsonObject answer) throws MalformedEvidenceException;
  }

  private <T> T ask(String path, Map<String, ?> request, Reading<T> reading, Deadline deadline) {
    URI uri = URI.create(base.toString().replaceFirst("/+$", "") + path);
    byte[] json = StrictJson.writeLine(request).getBytes(StandardCharsets.UTF_8);
    boolean absent = false;
    for (int attempt = 1; ; attempt++) {
      if (deadline.passed()) {
        if (absent) {
          throw absent();
        }
        throw AttestationException.of(
            ErrorCode.COLLECTION_TIMED_OUT, uri.toString(), "no answer by the deadline");
      }
      try {
        BoundedHttp.Response answer =
            http.within(deadline.remaining()).post(uri, Map.of(), json, MAX_BYTES);
        if (answer.status() != SUCCESS) {
          throw new UnreadableException("expected status 200, was " + answer.status());
        }
        return reading.read(JsonObject.read(ANSWER, answer.body(), MAX_BYTES));
      } catch (IOException | MalformedEvidenceException e) {
        absent = e instanceof ConnectException;
        if (attempt == attempts) {
          throw absent
              ? absent()
              : AttestationException.because(ErrorCode.COLLECTION_FAILED, uri.toString(), e);
        }
        pause.accept(wait.compareTo(deadline.remaining()) < 0 ? wait : deadline.remaining());
      }
    }
  }

  private AttestationException absent() {
    return AttestationException.of(
            ErrorCode.NOT_CONFIDENTIAL, base.toString(), "no attestation sidecar listens here")
        .withHint(
            "Run this in a confidential container group of Azure, with the sidecar on this port;"
                + " NVFlare's templates use port 8284.");
  }
}
