// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.mock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.family.EvidenceFamilies;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.family.InvalidOptionException;
import io.fedtrust.attestation.providers.family.OptionValues;
import io.fedtrust.attestation.providers.family.SupportedForm;
import io.fedtrust.attestation.providers.family.VerifierChoices;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A family that this library does not know works like its own, by registration alone. */
class MockFamilyTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final String IMAGE = "ab".repeat(32);
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String PAGE = "docs/adding-a-family.md";
  private static final String POLICY =
      """
      id: mocked
      version: "1"
      reviewed: true
      sites:
        "*":
          x-mock-note:
            measurements:
              - name: good
                measurement: %s
      """
          .formatted(IMAGE);

  @TempDir Path folder;
  private KeyPair key;

  @BeforeEach
  void key() throws Exception {
    key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Files.write(folder.resolve("key.der"), key.getPublic().getEncoded());
  }

  private Evidence note(String json) throws Exception {
    byte[] payload = json.getBytes(StandardCharsets.UTF_8);
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(key.getPrivate());
    signature.update(payload);
    Base64.Encoder text = Base64.getUrlEncoder().withoutPadding();
    return Evidence.of(
        form().form(), text.encodeToString(payload) + "." + text.encodeToString(signature.sign()));
  }

  private static String json(boolean debug) {
    return "{\"image\":\"%s\",\"nonce\":\"0102\",\"debug\":%s}".formatted(IMAGE, debug);
  }

  /** Everything below finds the family as a host or the command line would: by its names. */
  private static SupportedForm form() {
    EvidenceFamilies installed = EvidenceFamilies.installed();
    return installed.find(EvidenceForm.of("mock-json").orElseThrow()).orElseThrow();
  }

  private Verdict verdict(Evidence evidence) {
    FamilyOption<?> option = form().options().get(0);
    assertThat(option.name()).isEqualTo("mock-key");
    OptionValues chosen = OptionValues.none().with(MockForm.KEY, folder.resolve("key.der"));
    FederationPolicy policy = FederationPolicies.yaml(POLICY);
    return policy
        .find("any", Namespace.of("x-mock-note").orElseThrow())
        .orElseThrow()
        .appraise(
            evidence,
            form()
                .verifier(new VerifierChoices(List.of(), Revocation.REQUIRED, chosen))
                .verify(evidence, Collateral.NONE, NOW),
            AppraisalContext.evidenceAlone("any", NOW).expecting(new byte[] {1, 2}));
  }

  @Test
  @DisplayName("It is found next to the families of this library, after them")
  void found() {
    assertThat(EvidenceFamilies.installed().all())
        .extracting(family -> family.namespace().text())
        .containsExactly("x-snp", "x-tdx", "x-az-aci", "x-az-cvm", "x-nv-gpu", "x-mock-note");
    assertThat(EvidenceFamilies.installed().forms())
        .extracting(support -> support.form().text())
        .endsWith("mock-json");
    assertThat(EvidenceForm.ofPeer(Namespace.of("x-mock-note").orElseThrow()))
        .contains(form().form());
  }

  @Test
  @DisplayName("Its evidence is verified and appraised by a policy file that names it")
  void trusted() throws Exception {
    Verdict verdict = verdict(note(json(false)));

    assertThat(verdict.trusted()).as(verdict::toString).isTrue();
    assertThat(verdict.appraisal().claims().orElseThrow().values()).containsKeys("image", "debug");
  }

  @Test
  @DisplayName("Its policy option rejects what the strict profile does not accept")
  void debug() throws Exception {
    Verdict verdict = verdict(note(json(true)));

    assertThat(verdict.decisive().orElseThrow().name()).isEqualTo("policy.debug");
    assertThat(verdict.decisive().orElseThrow().code()).contains(ReasonCode.POLICY_VIOLATION);
  }

  @Test
  @DisplayName("A changed byte of the payload breaks the signature")
  void tampered() throws Exception {
    String[] parts = note(json(false)).token().split("\\.", -1);
    String other =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(json(false).replace("0102", "0103").getBytes(StandardCharsets.UTF_8));

    Verdict verdict = verdict(Evidence.of(form().form(), other + "." + parts[1]));

    assertThat(verdict.decisive().orElseThrow().code()).contains(ReasonCode.SIGNATURE_INVALID);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "\"\", 0 characters in 1 parts",
        "., 1 characters of other content",
        "a.b.c, 5 characters in 3 parts",
        "e30.AA, none",
        "eyJpbWFnZSI6ImFiIn0.AA, 2 characters",
        "not base64.AA, 13 characters of other content"
      })
  @DisplayName("What is no note is malformed, and the check says what was found")
  void malformed(String token, String found) {
    Check decisive = verdict(Evidence.of(form().form(), token)).decisive().orElseThrow();

    assertThat(decisive.code()).contains(ReasonCode.EVIDENCE_MALFORMED);
    assertThat(decisive.actual()).isEqualTo(found);
  }

  @Test
  @DisplayName("An option that is missing is refused by name")
  void missingKey() {
    assertThatThrownBy(() -> form().verifier(VerifierChoices.standard()))
        .isInstanceOfSatisfying(
            InvalidOptionException.class,
            refusal -> assertThat(refusal.option()).isEqualTo("mock-key"))
        .hasMessage("required for mock-json");
  }

  @Test
  @DisplayName("A family that serves a name of another is an error that names both")
  void twice() {
    assertThatThrownBy(() -> EvidenceFamilies.of(List.of(new MockFamily(), new MockFamily())))
        .isInstanceOf(AttestationException.class)
        .hasMessage(
            "FAMILY_INVALID: family of evidence: x-mock-note is registered by two families: io.fedtrust.mock.MockFamily and io.fedtrust.mock.MockFamily");
  }

  @Test
  @DisplayName("The page shows every file of the family as it is")
  void pageShowsTheFiles() throws IOException {
    String page = Files.readString(ROOT.resolve(PAGE));
    for (String file : listed(page)) {
      String content = Files.readString(ROOT.resolve(file)).replaceFirst("^// SPDX.*\n", "");
      assertThat(page).as(file).contains("```" + language(file) + "\n" + content + "```\n");
    }
  }

  @Test
  @DisplayName("The page shows the policy that trusts the note, complete")
  void pageShowsThePolicy() throws IOException {
    assertThat(Files.readString(ROOT.resolve(PAGE)))
        .contains("```yaml\n# policy.yaml\n" + POLICY + "```\n");
  }

  @Test
  @DisplayName("No file names the family but those that the page lists, and their tests")
  void touchesNothingElse() throws IOException {
    Set<String> expected = new TreeSet<>(listed(Files.readString(ROOT.resolve(PAGE))));
    expected.addAll(
        List.of(
            PAGE,
            "attestation-providers/src/test/java/io/fedtrust/mock/MockFamilyTest.java",
            "tools/architecture/src/test/java/io/fedtrust/architecture/MockFamilyModuleTest.java",
            "tools/cli/src/test/java/io/fedtrust/cli/attest/MockFamilyCommandTest.java"));
    Pattern names = Pattern.compile("\\bMock[A-Z]\\w+|x-mock-note|mock-json|fedtrust\\.mock");
    try (Stream<Path> files = Files.walk(ROOT)) {
      Set<String> naming =
          files
              .filter(MockFamilyTest::isSource)
              .filter(file -> names.matcher(text(file)).find())
              .map(file -> ROOT.relativize(file).toString())
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(naming).isEqualTo(expected);
    }
  }

  private static List<String> listed(String page) {
    List<String> files =
        Pattern.compile("(?m)^\\| `([\\w./-]+)` \\|")
            .matcher(page)
            .results()
            .map(MatchResult::group)
            .map(row -> row.substring(row.indexOf('`') + 1, row.lastIndexOf('`')))
            .toList();
    assertThat(files).hasSize(8);
    return files;
  }

  private static String language(String file) {
    return file.endsWith(".java") ? "java" : "text";
  }

  private static boolean isSource(Path file) {
    String path = "/" + ROOT.relativize(file);
    return Files.isRegularFile(file)
        && Stream.of("/target/", "/.git/", "/.venv/", "/.peer/").noneMatch(path::contains)
        && (path.matches(".*\\.(java|md|xml|yaml|yml|json|py|sh|tsv|properties)")
            || path.contains("/META-INF/"));
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
