// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.family;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.providers.azure.format.AzureClaimNames;
import io.fedtrust.attestation.providers.azure.policy.AciOptions;
import io.fedtrust.attestation.providers.azure.policy.CvmOptions;
import io.fedtrust.attestation.providers.nvidia.format.GpuClaimNames;
import io.fedtrust.attestation.providers.nvidia.policy.GpuOptions;
import io.fedtrust.attestation.providers.snp.format.SnpClaimNames;
import io.fedtrust.attestation.providers.snp.policy.SnpOptions;
import io.fedtrust.attestation.providers.tdx.format.TdxClaimNames;
import io.fedtrust.attestation.providers.tdx.policy.TdxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of claims and options are written once; comments and pages say the same as the code. */
class NamesTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Path PAGE = Path.of("../docs/claims.md");

  private static String source(Class<?> type) {
    try {
      return Files.readString(SOURCES.resolve(type.getName().replace('.', '/') + ".java"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads what is written above each constant, as one line. */
  private static Map<String, String> comments(Class<?> type, String of) {
    Map<String, String> comments = new LinkedHashMap<>();
    Matcher matcher =
        Pattern.compile(
                "/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s+public static final " + of + " (\\w+)")
            .matcher(source(type));
    while (matcher.find()) {
      comments.put(matcher.group(2), matcher.group(1).replaceAll("\\s*\\n\\s*\\* ?", " ").strip());
    }
    return comments;
  }

  private static Object value(Field field) {
    try {
      return field.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        SnpOptions.class,
        TdxOptions.class,
        GpuOptions.class,
        AciOptions.class,
        CvmOptions.class
      })
  @DisplayName("The comment of a policy option is its key and its meaning")
  void commentsOfOptions(Class<?> type) {
    Map<String, String> comments = comments(type, "PolicyOption");
    List<Field> options =
        Arrays.stream(type.getFields())
            .filter(field -> field.getType().equals(PolicyOption.class))
            .toList();
    assertThat(options).hasSizeGreaterThan(5);
    for (Field field : options) {
      PolicyOption option = (PolicyOption) value(field);
      assertThat(comments.get(field.getName()))
          .isEqualTo("{@code " + option.key() + "}: " + option.meaning() + ".");
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        SnpClaimNames.class,
        TdxClaimNames.class,
        GpuClaimNames.class,
        AzureClaimNames.class
      })
  @DisplayName("The page of claims has each name with what its comment says, and no other row")
  void pageOfClaims(Class<?> type) throws IOException {
    Map<String, String> comments = comments(type, "String");
    List<String> rows = new ArrayList<>();
    for (Field field : type.getFields()) {
      String text = "The claim {@code " + value(field) + "}: ";
      assertThat(comments.get(field.getName())).startsWith(text).endsWith(".");
      String meaning = comments.get(field.getName()).substring(text.length());
      rows.add("| `" + value(field) + "` | " + meaning.substring(0, meaning.length() - 1) + " |");
    }
    String page = Files.readString(PAGE);
    String section = page.substring(page.indexOf("(`" + type.getSimpleName() + "`)"));
    int end = section.indexOf("\n## ");
    assertThat(
            (end < 0 ? section : section.substring(0, end))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .toList())
        .isEqualTo(rows);
  }

  @Test
  @DisplayName("No source looks a claim up, or makes one, by a literal")
  void noLiterals() throws IOException {
    Pattern literal =
        Pattern.compile(
            "claims\\s*\\.(?:find|put)\\(\\s*\"|\\n\\s+\\.put\\(\\s*\"|\\(claims, \"[a-z-]+\"");
    try (Stream<Path> files = Files.walk(SOURCES)) {
      List<String> found =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> literal.matcher(text(file)).find())
              .map(file -> SOURCES.relativize(file).toString())
              .toList();
      assertThat(found).isEmpty();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
