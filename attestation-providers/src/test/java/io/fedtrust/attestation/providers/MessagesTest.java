// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.collateral.TrustAnchors;
import io.fedtrust.attestation.providers.fetch.BoundedHttp;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.wire.EvidenceFiles;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No message of an exception of the JDK or of a library reaches a user. */
class MessagesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

  @TempDir Path folder = Path.of("");

  private static AttestationException refused(ErrorCode code, ThrowingCallable call) {
    AttestationException e = catchThrowableOfType(AttestationException.class, call);
    assertThat(e).isNotNull();
    assertThat(e.code()).isEqualTo(code);
    inOwnWords(e);
    return e;
  }

  private static void inOwnWords(AttestationException e) {
    assertThat(e.hint()).isNotBlank();
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      String words = cause.getMessage();
      boolean foreign =
          !(cause instanceof ReadableFailure) && !(cause instanceof FileSystemException);
      if (foreign && words != null && !words.isBlank() && e.problem().contains(words)) {
        // What a builder of this library says is ours.
        assertThat(cause.getStackTrace()[0].getClassName())
            .as(e.problem())
            .startsWith("io.fedtrust.");
      }
    }
  }

  private Path written(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a: [", "{", "a: !!java.lang.String s3cret", "\"s3cret: \\q\"", "a:\n\t- s3cret"})
  @DisplayName("POLICY_INVALID: YAML that cannot be parsed is named by line and column")
  void yaml(String yaml) {
    AttestationException e = refused(ErrorCode.POLICY_INVALID, () -> FederationPolicies.yaml(yaml));
    assertThat(e.problem()).startsWith("policy: ").contains("line").doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":s3cret}", "{\"a\":", "{\"a\":\"\\q\"}", "{\"a\":00}"})
  @DisplayName("POLICY_INVALID: JSON that cannot be parsed is named by line and column")
  void json(String json) {
    AttestationException e = refused(ErrorCode.POLICY_INVALID, () -> FederationPolicies.json(json));
    assertThat(e.problem())
        .startsWith("policy: not JSON at line 1, column ")
        .doesNotContain("s3cret");
  }

  @Test
  @DisplayName("POLICY_INVALID: a file that is missing, a folder, or not UTF-8")
  void files() throws IOException {
    Path missing = folder.resolve("missing.yaml");
    assertThat(refused(ErrorCode.POLICY_INVALID, () -> FederationPolicies.read(missing)).problem())
        .isEqualTo(missing + ": file not found");
    refused(ErrorCode.POLICY_INVALID, () -> FederationPolicies.read(folder));
    Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', (byte) 0xe9});
    assertThat(refused(ErrorCode.POLICY_INVALID, () -> FederationPolicies.read(latin)).problem())
        .contains("not UTF-8");
  }

  @Test
  @DisplayName("SERVICE_KEYS_INVALID: no JSON, no date, no pin")
  void serviceKeys() {
    refused(
        ErrorCode.SERVICE_KEYS_INVALID,
        () -> ServiceKeys.of("i", NOW, ServiceKeys.Trust.CONFIGURED, bytes("{\"keys\":x}")));
    String item =
        "{\"issuer\":\"i\",\"expiresAt\":\"%s\",\"trust\":\"configured\",\"pins\":[%s],\"jwks\":{}}";
    assertThat(
            refused(
                    ErrorCode.SERVICE_KEYS_INVALID,
                    () -> ServiceKeys.read(bytes(item.formatted("yesterday", ""))))
                .problem())
        .contains("expiresAt: expected a time");
    assertThat(
            refused(
                    ErrorCode.SERVICE_KEYS_INVALID,
                    () -> ServiceKeys.read(bytes(item.formatted(NOW, "\"zz\""))))
                .problem())
        .contains("pins of 64");
  }

  @Test
  @DisplayName("ANCHORS_INVALID: a subject that is no name, an origin that is none")
  void anchors() throws IOException {
    String good =
        TrustAnchors.write(
            List.of(
                SimulatedSnpPlatform.create(ProductLine.MILAN, NOW, new SecureRandom()).anchor()));
    Path origin = written("origin.json", good.replace("SIMULATED", "NOWHERE"));
    Path subject =
        written("subject.json", good.replaceAll("\"subject\" : \"[^\"]*\"", "\"subject\" : \"x\""));
    for (Path file : List.of(origin, subject)) {
      assertThat(refused(ErrorCode.ANCHORS_INVALID, () -> TrustAnchors.read(file)).problem())
          .contains("a record has an unknown origin, a subject that is no X.500 name");
    }
  }

  @Test
  @DisplayName("EVIDENCE_UNREADABLE: an entry that is no JSON")
  void evidence() throws IOException {
    Path entry = written("entry.json", "{\"_cc_token\":s3cret}");
    assertThat(
            refused(
                    ErrorCode.EVIDENCE_UNREADABLE,
                    () -> EvidenceFiles.read(entry, EvidenceForm.SNP_REPORT))
                .problem())
        .contains("not JSON at line 1")
        .doesNotContain("s3cret");
  }

  @Test
  @DisplayName("COLLATERAL_FOLDER_INVALID and OUTPUT_NOT_WRITABLE: a manifest, a folder")
  void collateral() throws IOException {
    written("manifest.json", "{\"items\":s3cret}");
    refused(ErrorCode.COLLATERAL_FOLDER_INVALID, () -> CollateralFolder.open(folder));
    Path file = written("file", "");
    CollateralEntry entry =
        new CollateralEntry(
            CollateralItem.of("kind", "subject", new byte[1]),
            "test",
            NOW,
            Optional.empty(),
            Optional.empty());
    assertThat(
            refused(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    () -> CollateralFolder.open(file).add(List.of(entry)))
                .problem())
        .isEqualTo(file + ": the file already exists");
  }

  @Test
  @DisplayName("a verdict has no words of the JSON parser")
  void verdicts() {
    MalformedEvidenceException e =
        catchThrowableOfType(
            MalformedEvidenceException.class,
            () ->
                JsonObject.read(
                    new JsonObject.Kind("a", ReasonCode.EVIDENCE_MALFORMED, "section 1"),
                    bytes("{\"a\":s3cret}"),
                    99));
    assertThat(e.code()).isEqualTo(ReasonCode.EVIDENCE_MALFORMED);
    assertThat(e.check().actual()).startsWith("not JSON at line 1").doesNotContain("s3cret");
  }

  @Test
  @DisplayName("a service that speaks no HTTP, or nothing at all, is not quoted")
  void services() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread server = new Thread(() -> answerOnce(listening, "s3cret is no status line\r\n\r\n"));
      server.setDaemon(true);
      server.start();
      URI uri = URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/");
      IOException e =
          catchThrowableOfType(
              IOException.class, () -> new BoundedHttp(Duration.ofSeconds(20)).get(uri, 99));
      assertThat(ReadableFailure.textOf(e)).doesNotContain("s3cret", "status line");
      assertThat(e).hasMessageNotContaining("s3cret");
      server.join();
    }
    IOException none =
        catchThrowableOfType(
            IOException.class,
            () ->
                new BoundedHttp(Duration.ofSeconds(20)).get(URI.create("http://127.0.0.1:1/"), 99));
    assertThat(ReadableFailure.textOf(none)).isEqualTo("no connection");
  }

  private static void answerOnce(ServerSocket listening, String text) {
    try (Socket socket = listening.accept();
        OutputStream out = socket.getOutputStream()) {
      out.write(bytes(text));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.oneOf(
        Arbitraries.of(
            "",
            "x",
            "0x1",
            "-1",
            "1e999999999",
            "99999999999999999999",
            "zz",
            "[zz]",
            "[]",
            "{}",
            "{a: b}",
            "PT1X",
            "2026",
            "true",
            "[true]",
            "[[1]]",
            "1.2.3",
            "~"),
        Arbitraries.strings().ascii().ofMaxLength(12).map(MessagesTest::quoted));
  }

  private static String quoted(String text) {
    return '"'
        + text.codePoints()
            .mapToObj(point -> String.format(Locale.ROOT, "\\x%02x", point))
            .reduce("", String::concat)
        + '"';
  }

  @Provide
  Arbitrary<String> options() {
    return Arbitraries.of(
        FederationPolicies.vocabularies().stream()
            .flatMap(
                vocabulary ->
                    vocabulary.options().stream()
                        .map(option -> vocabulary.namespace().text() + ":\n      " + option.key()))
            .toList());
  }

  @Property(tries = 3000)
  @Label("every option of a policy refuses any value in words of this library")
  void policyOptions(@ForAll("options") String option, @ForAll("values") String value) {
    String yaml =
        "id: x\nversion: \"1\"\nreviewed: true\nsites:\n  a:\n    %s: %s\n"
            .formatted(option, value);
    try {
      FederationPolicies.yaml(yaml);
    } catch (AttestationException e) {
      inOwnWords(e);
    }
  }
}
