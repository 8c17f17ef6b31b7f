// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.core.EngineBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four processes over mutual TLS: who is trusted runs, who is not is told why. */
class FederationDemoTest {
  @TempDir Path folder;

  private static List<String> lines(Map<String, Path> logs, String site, String event)
      throws Exception {
    return Files.readAllLines(logs.get(site)).stream()
        .filter(line -> line.contains("\"event\":\"" + event + "\""))
        .toList();
  }

  @Test
  @DisplayName("B01 B08 B09 B19-B26 the honest site runs, old firmware and other software do not")
  void demo() throws Exception {
    List<String> said = Collections.synchronizedList(new ArrayList<>());
    Map<String, Path> logs =
        new FederationDemo(new EngineBuilder().build(), folder, said::add).run();
    String all = String.join("\n", said);
    List<String> judged = lines(logs, "localhost", "Judged");
    assertThat(judged)
        .as(all)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("\"site\":\"" + FederationDemo.TAMPERED)
                    .contains("\"name\":\"policy.pcrs\",\"outcome\":\"failed\""))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("\"site\":\"" + FederationDemo.HONEST)
                    .contains("tdx-quote", "nv-evidence"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("\"site\":\"" + FederationDemo.OLD)
                    .contains("\"name\":\"policy.reported-tcb\",\"outcome\":\"failed\""));
    assertThat(lines(logs, "localhost", "JobDecided"))
        .as(all)
        .hasSize(3)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(
                        "\"outcome\":\"dispatch\",\"clients\":[\"" + FederationDemo.HONEST + "\"]"))
        .anySatisfy(line -> assertThat(line).contains("FINISHED:CAN_NOT_SCHEDULE"));
    assertThat(lines(logs, FederationDemo.HONEST, "JobAnswered"))
        .singleElement()
        .satisfies(line -> assertThat(line).contains("\"accepted\":true"));
    assertThat(lines(logs, "localhost", "CycleEnded"))
        .singleElement()
        .satisfies(line -> assertThat(line).contains("\"asked\":1,\"answered\":1"));
    assertThat(said)
        .anySatisfy(
            line -> assertThat(line).contains(FederationDemo.OLD).contains("could not register"));
  }
}
