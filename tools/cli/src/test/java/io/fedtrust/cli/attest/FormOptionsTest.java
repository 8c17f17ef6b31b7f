// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options belong to forms of evidence: help says to which, and a command refuses the others. */
class FormOptionsTest {
  private Shell shell;

  @BeforeEach
  void shell(@TempDir Path folder) throws Exception {
    shell = new Shell(folder);
    Files.createDirectories(shell.folder.resolve("collateral"));
    Files.write(shell.folder.resolve("report.bin"), new byte[1184]);
    Files.writeString(shell.folder.resolve("policy.yaml"), "id: p\nversion: '1'\nreviewed: true\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "snp-report | --early | tdx-quote",
        "snp-report | --ignore-trailing | tdx-quote",
        "snp-report | --event-log policy.yaml | tdx-quote and cvm-tpm",
        "snp-report | --security-context . | aci-raw",
        "tdx-quote | --accept-hold | nv-evidence",
        "tdx-quote | --exempt-measurement 3 | nv-evidence",
        "tdx-quote | --issuer Other | ita-jwt, nras-eat, maa-jwt and maa-cvm-jwt",
        "ita-jwt | --maximum-token-age PT1H | maa-jwt and maa-cvm-jwt",
        "ita-jwt | --accept-unproven-key | cvm-tpm"
      })
  @DisplayName("An option of another form is refused with the forms to which it belongs")
  void refused(String form, String option, String forms) {
    Shell.Result result =
        shell.run(
            "attest verify -e report.bin -d collateral -p policy.yaml --form "
                + form
                + " "
                + option);

    assertThat(result.exit()).isEqualTo(4);
    assertThat(result.err())
        .contains(option.split(" ", -1)[0] + ": belongs to " + forms + ", was used with " + form);
  }

  @Test
  @DisplayName("A command refuses only the options that it has")
  void otherCommands() {
    assertThat(shell.run("attest collateral fetch -e report.bin -d c --pcs https://x.org").err())
        .contains("--pcs: belongs to tdx-quote and cvm-tpm, was used with snp-report");
    assertThat(shell.run("attest inspect -e report.bin --early").err())
        .contains("Unknown option: '--early'");
    assertThat(shell.run("attest inspect --form tdx-quote -e report.bin --product Genoa").err())
        .contains("--product: belongs to snp-report, aci-raw and cvm-tpm, was used with tdx-quote");
  }

  @Test
  @DisplayName("Help lists options under the forms that have them")
  void help() {
    String help = shell.run("attest verify --help").out();

    assertThat(help)
        .containsSubsequence(
            "Options of tdx-quote and cvm-tpm:",
            "--event-log=FILE",
            "Options of tdx-quote:",
            "--early",
            "--ignore-trailing",
            "Options of ita-jwt, nras-eat, maa-jwt and maa-cvm-jwt:",
            "--issuer=NAME",
            "Options of nv-evidence:",
            "--accept-hold",
            "--exempt-measurement=INDEX",
            "Options of aci-raw:",
            "--security-context=DIR",
            "Options of maa-jwt and maa-cvm-jwt:",
            "--maximum-token-age=TIME",
            "Options of cvm-tpm:",
            "--accept-unproven-key");
  }

  @Test
  @DisplayName("A form that no family has is refused with those that are installed")
  void unknownForm() {
    assertThat(shell.run("attest inspect --form other -e report.bin").err())
        .contains(
            "--form: expected one of snp-report, tdx-quote, ita-jwt, nv-evidence, nras-eat, aci-raw,"
                + " maa-jwt, maa-cvm-jwt, cvm-tpm, was other");
  }

  @Test
  @DisplayName("The last of several values counts, and a value that cannot be read is refused")
  void values() {
    assertThat(shell.run("attest inspect -e report.bin --product Other --product Genoa").err())
        .doesNotContain("--product");
    assertThat(shell.run("attest inspect -e report.bin --product Genoa --product Other").err())
        .contains("--product: expected Milan, Genoa or Turin, was Other");
  }
}
