// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The tables of codes and of checks agree with the sources: {@code docs/verdicts.md} has the checks
 * of every code, and the pages of the families have the codes of every row of checks. For several
 * devices and certificates, the tables name the first.
 */
class CheckTablesTest {
  private static final Path ROOT = root();
  private static final String NAMES = "[a-z0-9]+(?:\\.[a-z0-9-]+)+";

  /** A name or a constant directly before a code. */
  private static final Pattern DIRECT =
      Pattern.compile("(?<!\\+ )(\"[^\"]+\"|\\b[A-Za-z]\\w*)\\)?,\\s*ReasonCode\\.([A-Z_]+)\\b");

  private static final Pattern CODE = Pattern.compile("\\bReasonCode\\.([A-Z_]+)\\b");
  private static final Pattern TEXT = Pattern.compile("\\bString (\\w+) =\\s*(?:\"([^\"]*)\";)?");

  /** A method that refuses with the code that it is given, always for the same check. */
  private static final Pattern REFUSING =
      Pattern.compile("MalformedEvidenceException\\.of\\(\\s*(\"[^\"]+\"|[A-Z]\\w*),\\s*code,");

  /** A method that is given the name of a check and chooses the code. */
  private static final Pattern CHOOSING =
      Pattern.compile(
          "\\b(consistent|same|bound|find|notNamed|clock)\\(\\s*\"([a-z]+\\.[a-z-]+)\"");

  private static final Map<String, List<String>> CHOSEN =
      Map.of(
          "consistent", List.of("DEVICES_INCONSISTENT"),
          "same", List.of("DEVICES_INCONSISTENT"),
          "bound", List.of("BINDING_MISMATCH"),
          "find", List.of("COLLATERAL_UNAVAILABLE", "COLLATERAL_EXPIRED"),
          "notNamed", List.of("CERT_REVOKED"),
          "clock", List.of("CLOCK_BEHIND"));

  private static final Pattern VERIFIER = Pattern.compile("\"([a-z]+\\.verifier)\"");

  /** What goes before the names that a class writes without a family. */
  private static final Map<String, String> PREFIXES =
      Map.of(
          "ItaChecks.java", "ita.",
          "MaaChecks.java", "maa.",
          "NrasChecks.java", "nras.",
          "DeviceVerification.java", "nvidia.gpu-0.");

  /** Names that verdicts have with a device. */
  private static final Map<String, String> OF_DEVICES =
      Map.of(
          "nvidia.report", "nvidia.gpu-0.report",
          "nvidia.device-certificate", "nvidia.gpu-0.device-certificate");

  /** Checks whose name or code is put together from variables. */
  private static final String BY_VARIABLE =
      """
      ALGORITHM_NOT_ALLOWED ita.algorithm maa.algorithm nras.overall-algorithm nras.gpu-0-algorithm
      ALGORITHM_NOT_ALLOWED ita.key-algorithm maa.key-algorithm nras.key-algorithm
      ISSUER_UNKNOWN ita.issuer maa.issuer nras.overall-issuer nras.gpu-0-issuer
      TOKEN_NOT_VALID ita.times maa.times nras.overall-times nras.gpu-0-times
      SIGNATURE_INVALID ita.signature maa.signature nras.overall-signature nras.gpu-0-signature
      SIGNATURE_INVALID nras.gpu-0-digest
      COLLATERAL_UNAVAILABLE ita.keys maa.keys nras.keys
      COLLATERAL_UNAVAILABLE ita.key-pins maa.key-pins nras.key-pins
      COLLATERAL_UNAVAILABLE ita.verifier-pins maa.verifier-pins nras.verifier-pins
      COLLATERAL_EXPIRED ita.keys maa.keys nras.keys
      COLLATERAL_EXPIRED ita.key-validity maa.key-validity nras.key-validity
      INTERNAL_ERROR ita.verifier maa.verifier nras.verifier
      BINDING_MISMATCH nras.gpu-0-nonce policy.binding exchange.x-snp
      VERIFIER_MISSING exchange.x-snp
      PRODUCT_UNKNOWN nras.gpu-0-manufacturer
      REFERENCE_MISMATCH nras.gpu-0-findings nvidia.gpu-0.measurement-9
      EVIDENCE_MALFORMED tdx.event-log tpm.event-log
      NO_FRESHNESS policy.binding
      COLLATERAL_UNAVAILABLE policy.advisory-ids policy.collateral-age-days policy.tcb-status
      COLLATERAL_UNAVAILABLE policy.refused-advisories policy.tcb-evaluation-data-number
      CHAIN_INVALID nvidia.gpu-0.chain nvidia.gpu-0.chain-end
      ANCHOR_UNKNOWN nvidia.gpu-0.chain-anchor
      ENDORSEMENT_INVALID nvidia.gpu-0.certificate.encoding
      CERT_REVOKED nvidia.gpu-0.device-revocation-1
      COLLATERAL_UNAVAILABLE nvidia.gpu-0.device-revocation-1
      COLLATERAL_EXPIRED nvidia.gpu-0.device-revocation-1-times
      COLLATERAL_EXPIRED nvidia.gpu-0.device-revocation-1-responder
      COLLATERAL_ROLLBACK nvidia.gpu-0.device-revocation-1-times-rollback
      COLLATERAL_UNAVAILABLE nvidia.gpu-0.driver-manifest nvidia.gpu-0.vbios-manifest
      COLLATERAL_EXPIRED nvidia.gpu-0.driver-manifest-times nvidia.gpu-0.vbios-manifest-times
      COLLATERAL_ROLLBACK nvidia.gpu-0.driver-manifest-times-rollback
      COLLATERAL_ROLLBACK nvidia.gpu-0.vbios-manifest-times-rollback
      COLLATERAL_UNAVAILABLE nvidia.gpu-0.driver-manifest-revocation-0
      COLLATERAL_EXPIRED nvidia.gpu-0.driver-manifest-revocation-0-times
      COLLATERAL_EXPIRED nvidia.gpu-0.driver-manifest-revocation-0-responder
      COLLATERAL_ROLLBACK nvidia.gpu-0.driver-manifest-revocation-0-times-rollback
      COLLATERAL_UNAVAILABLE nvidia.gpu-0.vbios-manifest-revocation-0
      COLLATERAL_EXPIRED nvidia.gpu-0.vbios-manifest-revocation-0-times
      COLLATERAL_EXPIRED nvidia.gpu-0.vbios-manifest-revocation-0-responder
      COLLATERAL_ROLLBACK nvidia.gpu-0.vbios-manifest-revocation-0-times-rollback
      COLLATERAL_EXPIRED tdx.tcb-info tdx.tcb-info-signer
      COLLATERAL_UNAVAILABLE tdx.tcb-info-signer
      COLLATERAL_ROLLBACK tdx.tcb-info-rollback
      COLLATERAL_UNAVAILABLE tdx.qe-identity-document tdx.qe-identity-document-signer
      COLLATERAL_EXPIRED tdx.qe-identity-document tdx.qe-identity-document-signer
      COLLATERAL_ROLLBACK tdx.qe-identity-document-rollback
      """;

  /** Refusals that no verdict cites: what they refuse is left out, or has another check's name. */
  private static final String NOT_CITED =
      """
      EVIDENCE_MALFORMED snp.certificate-table tdx.ccel evidence.endorsements
      ENDORSEMENT_INVALID snp.endorsement aci.host-certificates
      COLLATERAL_UNAVAILABLE collateral.ocsp collateral.crl tdx.collateral nvidia.manifest
      COLLATERAL_UNAVAILABLE tdx.qe-identity
      """;

  private static final Pattern NAME_IN_PAGE = Pattern.compile("`(" + NAMES + ")`");
  private static final Pattern CODE_IN_PAGE = Pattern.compile("`([A-Z][A-Z_]+)`");

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("CHANGELOG.md"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  /** Codes by check. */
  private static final class Pairs {
    private final Map<String, Set<String>> codes = new TreeMap<>();

    private void add(String check, String code) {
      String name = OF_DEVICES.getOrDefault(check, check);
      if (name.matches(NAMES)) {
        codes.computeIfAbsent(name, ignored -> new TreeSet<>()).add(code);
      }
    }

    private void addAll(String lines) {
      lines.lines().forEach(line -> names(line).forEach(name -> add(name, code(line))));
    }

    private static String code(String line) {
      return line.substring(0, line.indexOf(' '));
    }

    private static List<String> names(String line) {
      return List.of(line.substring(line.indexOf(' ') + 1).split(" "));
    }

    private Set<String> of(Set<String> checks) {
      return checks.stream()
          .flatMap(check -> codes.getOrDefault(check, Set.of()).stream())
          .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> all() {
      return codes.entrySet().stream()
          .flatMap(entry -> entry.getValue().stream().map(code -> entry.getKey() + " " + code))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : List.of("attestation-api", "attestation-providers")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.endsWith("ReasonCode.java"))
            .forEach(sources::add);
      }
    }
    return sources;
  }

  /** The pairs of check and code that are written in the sources. */
  private static Pairs written() throws IOException {
    Pairs pairs = new Pairs();
    for (Path file : sources()) {
      String source = Files.readString(file);
      String prefix = PREFIXES.getOrDefault(file.getFileName().toString(), "");
      Set<Integer> known = new HashSet<>();
      for (MatchResult found : DIRECT.matcher(source).results().toList()) {
        name(source, found.group(1), found.start(), prefix)
            .ifPresent(
                check -> {
                  pairs.add(check, found.group(2));
                  known.add(found.start(2));
                });
      }
      Matcher refusing = REFUSING.matcher(source);
      if (refusing.find()) {
        String check = name(source, refusing.group(1), refusing.start(), prefix).orElseThrow();
        CODE.matcher(source)
            .results()
            .filter(found -> !known.contains(found.start(1)))
            .forEach(found -> pairs.add(check, found.group(1)));
      }
      for (MatchResult found : CHOOSING.matcher(source).results().toList()) {
        CHOSEN.get(found.group(1)).forEach(code -> pairs.add(found.group(2), code));
        if (found.group(1).equals("find")) {
          pairs.add(found.group(2) + "-rollback", "COLLATERAL_ROLLBACK");
        }
      }
      VERIFIER
          .matcher(source)
          .results()
          .forEach(found -> pairs.add(found.group(1), "INTERNAL_ERROR"));
    }
    return pairs;
  }

  /** The name of a check: a text, or the variable that was declared last before it is used. */
  private static Optional<String> name(String source, String expression, int at, String prefix) {
    if (expression.startsWith("\"")) {
      String text = expression.substring(1, expression.length() - 1);
      return Optional.of(text.contains(".") ? text : prefix + text);
    }
    return TEXT.matcher(source)
        .results()
        .filter(found -> found.start() < at && found.group(1).equals(expression))
        .reduce((first, second) -> second)
        .map(found -> found.group(2));
  }

  private static Set<String> all(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The cells of the rows of a page's tables. */
  private static List<List<String>> rows(String page) throws IOException {
    return Files.readString(ROOT.resolve("docs").resolve(page))
        .lines()
        .filter(line -> line.startsWith("| "))
        .map(line -> Stream.of(line.substring(1).split("\\|")).map(String::strip).toList())
        .toList();
  }

  private static Pairs documented() throws IOException {
    Pairs pairs = new Pairs();
    boolean inTable = false;
    for (List<String> row : rows("verdicts.md")) {
      // The head of a table names its columns.
      inTable = row.contains("Checks") || (inTable && row.size() > 3);
      if (inTable) {
        String code = row.get(0).replace("`", "");
        all(NAME_IN_PAGE, row.get(3)).forEach(check -> pairs.add(check, code));
      }
    }
    return pairs;
  }

  @Test
  @DisplayName(
      "docs/verdicts.md has the checks of each code that are in the sources, and no others")
  void checksOfCodes() throws IOException {
    Pairs written = written();
    Pairs variable = new Pairs();
    variable.addAll(BY_VARIABLE);
    Pairs hidden = new Pairs();
    hidden.addAll(NOT_CITED);
    Set<String> expected = written.all();
    assertThat(expected)
        .hasSizeGreaterThan(150)
        .contains("snp.tcb TCB_INCONSISTENT", "hcl.report-data BINDING_MISMATCH")
        .containsAll(hidden.all())
        .doesNotContainAnyElementsOf(variable.all());
    expected.removeAll(hidden.all());
    expected.addAll(variable.all());
    assertThat(documented().all()).isEqualTo(expected);
  }

  @Test
  @DisplayName("each row of checks of a family has the codes that docs/verdicts.md has for them")
  void codesOfRows() throws IOException {
    Pairs documented = documented();
    Set<String> shown = new TreeSet<>();
    for (String family : List.of("snp", "tdx", "gpu", "azure")) {
      int column = -1;
      for (List<String> row : rows("attestation-" + family + ".md")) {
        if (row.get(0).equals("Check")) {
          column = row.indexOf("Fails with");
          assertThat(column).as("the column of codes in " + row).isPositive();
        }
        Set<String> checks = all(NAME_IN_PAGE, row.get(0));
        if (column > 0 && !checks.isEmpty()) {
          assertThat(all(CODE_IN_PAGE, row.get(column)))
              .as(checks + " of " + family)
              .isEqualTo(documented.of(checks));
          shown.addAll(checks);
        }
      }
    }
    assertThat(shown)
        .containsAll(
            documented.codes.keySet().stream()
                .filter(check -> !check.matches("(?:exchange|evidence|policy)\\..*|.*\\.verifier"))
                .toList());
  }
}
