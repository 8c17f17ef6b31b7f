// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.cli.cert.Federation.AGAIN;
import static io.fedtrust.cli.cert.Federation.APPROVE;
import static io.fedtrust.cli.cert.Federation.PROFILE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code cert list} says of each certificate. */
class ListCommandTest {
  private static final String LIST = "cert list -c ca";

  @TempDir Path temp;
  private Shell shell;

  @BeforeEach
  void federation() throws IOException {
    shell = Federation.in(temp);
  }

  private String done(String command) {
    Shell.Result result = shell.run(command);
    assertThat(result.exit()).as(result.out() + result.err()).isZero();
    return result.out();
  }

  private static List<String> values(String text, String key) {
    return text.lines()
        .map(String::strip)
        .filter(line -> line.startsWith(key + ": "))
        .map(line -> line.substring(key.length() + 2))
        .toList();
  }

  @Test
  @DisplayName("valid, expired, revoked and on hold are told apart")
  void states() {
    done(APPROVE + " --valid-days 10");
    done("cert approve hospital-b/hospital-b.request.zip" + PROFILE);
    done("cert approve localhost/localhost.request.zip" + PROFILE);
    done("cert approve member@example.org/member@example.org.request.zip" + PROFILE);
    done("cert revoke hospital-b -c ca --reason keyCompromise");
    done("cert revoke localhost -c ca --reason certificateHold");
    shell.at(Shell.NOW.plus(Duration.ofDays(10)));
    assertThat(values(done(LIST), "state"))
        .containsExactly("expired", "revoked", "on hold", "valid");
    assertThat(values(done(LIST), "reason")).containsExactly("keyCompromise", "certificateHold");
  }

  @Test
  @DisplayName("an approval without its delivery is interrupted; approving again completes it")
  void interrupted() throws IOException {
    done(APPROVE);
    // As after a crash: the last lines of the ledger, the delivery and the head, are missing.
    Path ledger = shell.folder.resolve("ca/approvals.ledger");
    List<String> lines = Files.readAllLines(ledger);
    int delivered = lines.size() - 1;
    while (!lines.get(delivered).contains("\"delivered\"")) {
      delivered--;
    }
    Files.writeString(ledger, String.join("\n", lines.subList(0, delivered)) + "\n");
    Federation.delete(shell.folder.resolve("account"));
    assertThat(values(done(LIST), "state")).containsExactly("interrupted");
    String serial = values(done(LIST), "serial").get(0);
    done(APPROVE);
    assertThat(values(done(LIST), "state")).containsExactly("valid");
    assertThat(values(done(LIST), "serial")).containsExactly(serial);
  }

  @Test
  @DisplayName("every certificate of a name is listed")
  void certificatesOfOneName() {
    done(APPROVE);
    String key = shell.run("cert inspect " + AGAIN + " --format json").json("public_key_sha256");
    done("cert approve " + AGAIN + PROFILE + " --renew --expect-key " + key);
    String list = done(LIST);
    assertThat(values(list, "  - name")).isEmpty();
    assertThat(values(list, "serial")).hasSize(2).doesNotHaveDuplicates();
    assertThat(values(list, "public_key_sha256")).hasSize(2).contains(key).doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("--expiring 0 lists what has expired, and nothing that is valid")
  void expired() {
    done(APPROVE + " --valid-days 10");
    done("cert approve hospital-b/hospital-b.request.zip" + PROFILE + " --valid-days 11");
    assertThat(done(LIST + " --expiring 0")).contains("approvals: none");
    shell.at(Shell.NOW.plus(Duration.ofDays(10)).minusSeconds(1));
    assertThat(done(LIST + " --expiring 0")).contains("approvals: none");
    shell.at(Shell.NOW.plus(Duration.ofDays(10)));
    assertThat(done(LIST + " --expiring 0"))
        .contains("name: hospital-a", "state: expired")
        .doesNotContain("hospital-b");
    assertThat(done(LIST + " --expiring 1")).contains("hospital-a", "hospital-b");
  }

  @Test
  @DisplayName("--expiring takes no negative number")
  void negativeDays() {
    for (String days : List.of("-1", "x", "99999999999", "2147483647")) {
      Shell.Result result = shell.run(LIST + " --expiring " + days);
      assertThat(result.exit()).as(days).isEqualTo(4);
      assertThat(result.err()).contains("INVALID_ARGS");
    }
  }

  @Test
  @DisplayName("the list needs no CA key")
  void withoutKey() throws IOException {
    done(APPROVE);
    Files.delete(shell.folder.resolve("ca/rootCA.key"));
    assertThat(done(LIST)).contains("hospital-a");
  }
}
