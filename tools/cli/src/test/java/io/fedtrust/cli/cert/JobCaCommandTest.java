// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.cli.cert.Federation.PROFILE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --job-ca} of request, approve and package. */
class JobCaCommandTest {
  private static final String COMPANION = "localhost/localhost.jobca.request.zip";
  private static final String APPROVE_JOB_CA = "cert approve " + COMPANION + PROFILE + " --job-ca";
  private static final String ACCEPTED = APPROVE_JOB_CA + " --accept-job-ca-risk";

  @TempDir Path temp;
  private Shell shell;

  @BeforeEach
  void federation() throws IOException {
    shell = Federation.in(temp);
  }

  private Shell.Result done(String command) {
    Shell.Result result = shell.run(command);
    assertThat(result.exit()).as(result.out() + result.err()).isZero();
    return result;
  }

  private Shell.Result refused(String code, int exit, String command) {
    Shell.Result result = shell.run(command + " --format json");
    assertThat(result.exit()).as(result.out() + result.err()).isEqualTo(exit);
    assertThat(result.json("error_code")).isEqualTo(code);
    return result;
  }

  private void approveServer() {
    done("cert approve localhost/localhost.request.zip" + PROFILE);
  }

  @Test
  @DisplayName("from the server's folder to its kit, with the key compared and the risk accepted")
  void journey() throws IOException {
    approveServer();
    byte[] request = Files.readAllBytes(shell.folder.resolve("localhost/localhost.request.zip"));
    Shell.Result asked = done("cert request -p localhost.yaml --job-ca --format json");
    assertThat(shell.folder.resolve("localhost/localhost.request.zip")).hasBinaryContent(request);
    assertThat(asked.json("request_zip")).isEmpty();
    String key = asked.json("job_ca_public_key_sha256");
    Shell.Result approved = done(ACCEPTED + " --expect-key " + key + " --format json");
    assertThat(approved.json("cert_type")).isEqualTo("job_ca");
    assertThat(approved.json("server")).isEqualTo("localhost");
    assertThat(approved.json("next_step")).contains("package --job-ca");
    Shell.Result packaged =
        done(
            "package localhost/localhost.signed.zip --request-dir localhost"
                + " --job-ca localhost/localhost.jobca.signed.zip"
                + " --format json");
    assertThat(Path.of(packaged.json("job_ca_cert"))).exists();
    assertThat(packaged.json("job_ca_key")).contains("0600");
    Shell.Result inspected = done("cert inspect " + packaged.json("output_dir") + " --format json");
    assertThat(inspected.json("job_ca_days_left")).isEqualTo("360");
  }

  @Test
  @DisplayName("a first request makes both zips in one go, and prints both codes")
  void inOneGo() {
    Shell.Result both = done("cert request -p localhost.yaml --out fresh --job-ca --format json");
    assertThat(Path.of(both.json("request_zip"))).exists();
    assertThat(Path.of(both.json("job_ca_request_zip"))).exists();
    assertThat(both.json("comparison_code")).isNotEqualTo(both.json("job_ca_comparison_code"));
    assertThat(both.json("next_step")).contains("localhost.request.zip and localhost.jobca");
    refused("KEY_ALREADY_EXISTS", 1, "cert request -p localhost.yaml --out fresh --job-ca");
    done("cert request -p localhost.yaml --out fresh --job-ca --force");
  }

  @Test
  @DisplayName("a client has no job CA, and nothing is made of its request")
  void clients() {
    refused("INVALID_ARGS", 4, "cert request -p hospital-a.yaml --out fresh --job-ca");
    assertThat(shell.folder.resolve("fresh")).doesNotExist();
  }

  @Test
  @DisplayName("without --accept-job-ca-risk the refusal says what the risk is")
  void risk() {
    approveServer();
    done("cert request -p localhost.yaml --job-ca");
    Shell.Result result = refused("JOB_CA_RISK_NOT_ACCEPTED", 4, APPROVE_JOB_CA);
    assertThat(result.out())
        .contains("anyone who has job_ca.key can impersonate any site to NVFlare 2.8 and 2.9.0");
    Shell.Result plan = done(ACCEPTED);
    assertThat(plan.err()).contains("job CA of the server localhost").contains("Risk:");
  }

  @Test
  @DisplayName("--job-ca and --all exclude each other; --all and package point to --job-ca")
  void pointers() {
    approveServer();
    done("cert request -p localhost.yaml --job-ca");
    refused("INVALID_ARGS", 4, "cert approve localhost --all --job-ca" + PROFILE);
    refused(
        "INVALID_ARGS",
        4,
        "cert approve localhost/localhost.request.zip --accept-job-ca-risk" + PROFILE);
    assertThat(refused("INVALID_ARGS", 4, "cert approve " + COMPANION + PROFILE).out())
        .contains("cert approve --job-ca");
    assertThat(shell.run("cert approve localhost --all" + PROFILE + " --format json").out())
        .contains("cert approve --job-ca");
    done(ACCEPTED);
    assertThat(
            refused("INVALID_SIGNED_ZIP", 4, "package localhost/localhost.jobca.signed.zip").out())
        .contains("--job-ca");
  }

  @Test
  @DisplayName("list shows a job CA apart, also when it expires soon")
  void list() {
    approveServer();
    assertThat(done("cert list -c ca").out()).doesNotContain("job_cas");
    done("cert request -p localhost.yaml --job-ca");
    done(ACCEPTED);
    String all = done("cert list -c ca").out();
    assertThat(all.indexOf("job_cas")).isGreaterThan(all.indexOf("approvals"));
    assertThat(all.substring(all.indexOf("job_cas")))
        .contains("name: job_ca.")
        .contains("server: localhost")
        .contains("cert_type: job_ca");
    assertThat(done("cert list -c ca --expiring 359").out()).doesNotContain("job_cas");
    String soon = done("cert list -c ca --expiring 360").out();
    assertThat(soon).contains("job_cas").doesNotContain("name: localhost");
    shell.at(Shell.NOW.plus(Duration.ofDays(1)));
    assertThat(done("cert list -c ca --expiring 359").out()).contains("job_cas");
  }

  @Test
  @DisplayName("ledger import knows a job CA's signed zip")
  void imported() throws IOException {
    approveServer();
    Path ledger = shell.folder.resolve("ca/approvals.ledger");
    byte[] before = Files.readAllBytes(ledger);
    done("cert request -p localhost.yaml --job-ca");
    done(ACCEPTED);
    Files.write(ledger, before);
    Federation.delete(shell.folder.resolve("account"));
    done("cert ledger import -c ca localhost/localhost.jobca.signed.zip");
    assertThat(done("cert list -c ca").out()).contains("job_cas");
  }
}
