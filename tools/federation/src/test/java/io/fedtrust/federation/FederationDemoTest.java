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
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four processes over mutual TLS: who is trusted runs, who is not is told why. */
class FederationDemoTest {
  private static final String SERVER = "localhost";
  private static final List<String> SAID = Collections.synchronizedList(new ArrayList<>());

  @TempDir static Path folder;
  private static Map<String, Path> logs = Map.of();

  @BeforeAll
  static void run() throws Exception {
    logs = new FederationDemo(new EngineBuilder().build(), folder, SAID::add).run();
  }

  private static List<String> lines(String site, String event) throws Exception {
    return lines(site).stream()
        .filter(line -> line.contains("\"event\":\"" + event + "\""))
        .toList();
  }

  private static List<String> lines(String site) throws Exception {
    return Files.readAllLines(Objects.requireNonNull(logs.get(site)));
  }

  private static String said() {
    return String.join("\n", SAID);
  }

  private static String judged(String occasion, String site, String outcome) {
    return "\"occasion\":\""
        + occasion
        + "\",\"site\":\""
        + site
        + "\",\"verdict\":{\"outcome\":\""
        + outcome;
  }

  @Test
  @DisplayName("a job runs at trusted sites, and not at one with old firmware")
  void onlyTrustedSitesRun() throws Exception {
    assertThat(lines(SERVER, "Appraised"))
        .as(said())
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(judged("registration", FederationDemo.HONEST, "trusted"))
                    .contains("tdx-quote", "nv-evidence"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(judged("registration", FederationDemo.OLD, "rejected"))
                    .contains("\"name\":\"policy.reported-tcb\",\"outcome\":\"failed\""));
    assertThat(SAID)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(FederationDemo.OLD, "could not register", "REGISTRATION_DECLINED"));
    assertThat(lines(SERVER, "JobDecided")).as(said()).hasSize(4);
    assertThat(lines(SERVER, "JobDecided").get(0))
        .contains("\"job\":\"train\"")
        .contains(
            "\"outcome\":\"dispatch\",\"clients\":[\""
                + FederationDemo.HONEST
                + "\",\""
                + FederationDemo.TAMPERED
                + "\"],\"left\":{\""
                + FederationDemo.OLD);
    assertThat(lines(SERVER, "JobDecided").get(2))
        .contains("\"job\":\"train-with-all\"", "FINISHED:CAN_NOT_SCHEDULE");
  }

  @Test
  @DisplayName(
      "a client declines a peer that the server trusts, and the job runs without the client")
  void declinesPeer() throws Exception {
    assertThat(lines(SERVER, "Appraised"))
        .as(said())
        .anySatisfy(
            line -> assertThat(line).contains(judged("job", FederationDemo.OLD, "trusted")));
    assertThat(lines(FederationDemo.HONEST, "Appraised"))
        .as(said())
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(judged("job", FederationDemo.OLD, "rejected"))
                    .contains("\"name\":\"policy.reported-tcb\",\"outcome\":\"failed\""));
    assertThat(lines(FederationDemo.HONEST, "JobAnswered"))
        .as(said())
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("\"job\":\"train-with-old\",\"accepted\":false")
                    .contains(FederationDemo.OLD));
    assertThat(lines(SERVER, "JobDecided").get(3))
        .as(said())
        .contains("\"job\":\"train-with-old\"")
        .contains(
            "\"outcome\":\"dispatch\",\"clients\":[\""
                + FederationDemo.OLD
                + "\",\""
                + FederationDemo.TAMPERED
                + "\"],\"left\":{\""
                + FederationDemo.HONEST);
  }

  @Test
  @DisplayName("a site with other software is in quarantine, and comes back when it is repaired")
  void comesBack() throws Exception {
    assertThat(lines(SERVER))
        .as(said())
        .filteredOn(line -> line.contains("\"site\":\"" + FederationDemo.TAMPERED))
        .filteredOn(
            line ->
                line.contains("\"occasion\":\"cross-site\"")
                    || !line.contains("\"event\":\"Appraised\""))
        .satisfiesExactlyInAnyOrder(
            line ->
                assertThat(line)
                    .contains(judged("cross-site", FederationDemo.TAMPERED, "rejected"))
                    .contains("\"name\":\"policy.pcrs\",\"outcome\":\"failed\""),
            line -> assertThat(line).contains("\"event\":\"Quarantined\""),
            line -> assertThat(line).contains("\"event\":\"ParticipantLost\"", "\"job\":\"train\""),
            line ->
                assertThat(line).contains(judged("cross-site", FederationDemo.TAMPERED, "trusted")),
            line -> assertThat(line).contains("\"event\":\"Readmitted\""));
    assertThat(lines(SERVER, "RoundEnded"))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("\"asked\":2,\"answered\":2"));
    assertThat(SAID)
        .as(said())
        .anySatisfy(
            line -> assertThat(line).contains("sends nothing to " + FederationDemo.TAMPERED))
        .anySatisfy(
            line ->
                assertThat(line)
                    .endsWith("job train among [" + FederationDemo.HONEST + ", " + SERVER + "]"))
        .anySatisfy(line -> assertThat(line).contains("works with " + FederationDemo.TAMPERED));
  }

  @Test
  @DisplayName("a reloaded policy accepts the site with old firmware, which then registers")
  void reloadsPolicy() throws Exception {
    assertThat(lines(SERVER, "PolicyReplaced"))
        .as(said())
        .singleElement()
        .satisfies(line -> assertThat(line).contains("minimumReportedTcb", "24", "20"));
    List<String> all = lines(SERVER);
    int reloaded = all.indexOf(lines(SERVER, "PolicyReplaced").get(0));
    assertThat(all.subList(0, reloaded))
        .noneMatch(line -> line.contains(judged("registration", FederationDemo.OLD, "trusted")));
    assertThat(all.subList(reloaded, all.size()))
        .as(said())
        .anyMatch(line -> line.contains(judged("registration", FederationDemo.OLD, "trusted")));
  }

  @Test
  @DisplayName("a client reserves a place for a job, and gives it back when the job ends")
  void reserves() throws Exception {
    assertThat(lines(FederationDemo.HONEST, "JobEnded"))
        .as(said())
        .anySatisfy(
            line -> assertThat(line).contains("\"job\":\"train\",\"outcome\":\"finished\""));
    assertThat(SAID)
        .filteredOn(line -> line.startsWith(FederationDemo.HONEST) && line.contains("place"))
        .satisfiesExactly(
            line -> assertThat(line).endsWith("reserved a place for job train"),
            line -> assertThat(line).endsWith("the place of job train, which is finished"));
  }
}
