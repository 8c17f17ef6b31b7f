// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Provisions a federation, starts a process for each site, and plays the administrators of all
 * sites, and an attacker. Each site has hardware of another family. One hospital is honest, one
 * runs old firmware, one runs other software for a while.
 */
public final class FederationDemo {
  /** The site that does as it says, on Intel TDX with an NVIDIA GPU. */
  public static final String HONEST = "hospital-honest";

  /** The site whose firmware is old: a container group of Azure. */
  public static final String OLD = "hospital-old-tcb";

  /** The site that runs other software for a while: a confidential VM of Azure. */
  public static final String TAMPERED = "hospital-tampered";

  private static final String SERVER = "localhost";
  private static final List<String> SITES = List.of(SERVER, HONEST, OLD, TAMPERED);
  private static final String GOOD_LAUNCH = "5f".repeat(48);
  private static final String GOOD_SOFTWARE = "5f".repeat(32);
  private static final String OTHER_SOFTWARE = "a1".repeat(32);
  private static final Map<String, Machine.Kind> MACHINES =
      Map.of(
          SERVER, Machine.Kind.SNP,
          HONEST, Machine.Kind.TDX_WITH_GPU,
          OLD, Machine.Kind.OLD_CONTAINER_GROUP,
          TAMPERED, Machine.Kind.CONFIDENTIAL_VM);
  private static final int OLD_FIRMWARE = 20;
  private static final int NEW_FIRMWARE = 24;

  private final ProvisioningEngine engine;
  private final Path folder;
  private final Consumer<String> say;

  /**
   * Prepares a demonstration.
   *
   * @param engine provisions it
   * @param folder new or empty; kits, policies and logs stay there
   * @param say hears each line
   */
  public FederationDemo(ProvisioningEngine engine, Path folder, Consumer<String> say) {
    this.engine = engine;
    this.folder = folder;
    this.say = say;
  }

  /**
   * Runs it.
   *
   * @return the log of each site, by name
   * @throws IOException if a file cannot be written or a process not be started
   * @throws InterruptedException if the caller is interrupted; the processes are stopped
   */
  public Map<String, Path> run() throws IOException, InterruptedException {
    provision();
    Map<String, SiteProcess> processes = new LinkedHashMap<>();
    Thread stop = new Thread(() -> processes.values().forEach(SiteProcess::kill));
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      for (String site : SITES) {
        processes.put(site, SiteProcess.start(new SiteFolder(folder, site), say));
      }
      for (SiteProcess process : processes.values()) {
        process.await();
      }
      SiteProcess server = processes.get(SERVER);
      runJobs(server);
      tamperAndRepair(server);
      reloadPolicy(server, processes.get(OLD));
      declinePeer(server);
      return logs();
    } finally {
      for (SiteProcess process : processes.values()) {
        process.end();
      }
      Runtime.getRuntime().removeShutdownHook(stop);
    }
  }

  private void explain(String text) {
    say.accept(String.format("%-17s %s", "admin", text));
  }

  private void runJobs(SiteProcess server) throws IOException, InterruptedException {
    explain("A job needs one client. " + OLD + " is not admitted, so the job runs without it.");
    server.tell("schedule train 1");
    explain("A job needs all three clients. It waits, and is given up.");
    server.tell("schedule train-with-all 3");
  }

  private void tamperAndRepair(SiteProcess server) throws IOException, InterruptedException {
    explain("Somebody installs other software at " + TAMPERED + ". The next round finds it.");
    new SiteFolder(folder, TAMPERED).install(OTHER_SOFTWARE);
    server.tell("validate");
    explain(
        TAMPERED + " is repaired. The next round readmits it, for jobs that start from now on.");
    new SiteFolder(folder, TAMPERED).install(GOOD_SOFTWARE);
    server.tell("validate");
    server.tell("end train");
  }

  private void reloadPolicy(SiteProcess server, SiteProcess old)
      throws IOException, InterruptedException {
    explain("The server's policy now accepts the firmware of " + OLD + ", which registers again.");
    Files.writeString(new SiteFolder(folder, SERVER).policy(), policy(SERVER, 2, OLD_FIRMWARE));
    server.tell("reload");
    old.tell("register");
  }

  private void declinePeer(SiteProcess server) throws IOException, InterruptedException {
    explain(
        "The policy of "
            + HONEST
            + " rejects that firmware, so this hospital declines the job. A hospital that declines is left"
            + " out, and the job runs without it.");
    server.tell("schedule train-with-old 1");
    server.tell("end train-with-old");
  }

  private Map<String, Path> logs() {
    Map<String, Path> logs = new LinkedHashMap<>();
    SITES.forEach(site -> logs.put(site, new SiteFolder(folder, site).events()));
    return logs;
  }

  private void provision() throws IOException {
    Path profile =
        Files.writeString(
            Files.createDirectories(folder.resolve("admin")).resolve("project_profile.yaml"),
            """
            name: hospital_federation
            scheme: http
            connection_security: mtls
            server:
              host: localhost
              fed_learn_port: %d
              admin_port: %d
            """
                .formatted(freePort(), freePort()));
    CertificateAuthority ca =
        engine
            .createAuthority(engine.readProjectName(profile))
            .profilePath(profile)
            .in(folder.resolve("admin/ca"));
    for (String site : SITES) {
      Path kit = kit(ca, profile, site).folder();
      SiteFolder home = new SiteFolder(folder, site);
      home.write(
          SITES,
          Map.of("kit", kit.toString(), "machine", String.valueOf(MACHINES.get(site))),
          policy(site, 1, acceptedFirmware(site)));
      home.install(software(site));
    }
    explain("provisioned a server and three hospitals");
  }

  private static String software(String site) {
    return switch (site) {
      case OLD, TAMPERED -> GOOD_SOFTWARE;
      default -> GOOD_LAUNCH;
    };
  }

  /** The hospital with old firmware accepts itself; the server and one hospital do not. */
  private static int acceptedFirmware(String site) {
    return switch (site) {
      case OLD, TAMPERED -> OLD_FIRMWARE;
      default -> NEW_FIRMWARE;
    };
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private StartupKit kit(CertificateAuthority ca, Path profile, String site) throws IOException {
    Path home = Files.createDirectories(folder.resolve(site));
    Path yaml =
        Files.writeString(
            home.resolve("participant.yaml"),
            """
            name: hospital_federation
            participants:
              - name: %s
                type: %s
                org: %s
            """
                .formatted(
                    site, site.equals(SERVER) ? "server" : "client", site.replace('-', '_')));
    RequestFolder request =
        engine.request(engine.readDefinition(yaml)).writeTo(home.resolve("request"));
    Path signed = ca.approve(request.requestZip()).against(profile).write().signedZip();
    return engine
        .packager(engine.openBundle(signed).trust(ca.fingerprint().text()))
        .requestFolder(request.folder())
        .packageInto(home.resolve("workspace"));
  }

  /** All policies are equal but for the least firmware of the hospital whose firmware is old. */
  private static String policy(String site, int version, int firmware) {
    return """
        id: SITE
        version: "VERSION"
        reviewed: true
        sites:
          localhost:
            x-snp:
              measurements: [{name: the server's software, measurement: LAUNCH}]
              minimumReportedTcb: {Milan: {bootloader: 4, snp: 24, microcode: 219}}
          hospital-honest:
            x-tdx:
              measurements: [{name: the hospital's software, measurement: LAUNCH}]
            x-nv-gpu:
              driverVersions: "550.90.07"
              vbiosVersions: 96.00.9F.00.01
          hospital-old-tcb:
            x-az-aci:
              forms: [maa-jwt]
              containerPolicies: SOFTWARE
              minimumReportedTcb: {Milan: {bootloader: 4, snp: FLOOR, microcode: 219}}
          hospital-tampered:
            x-az-cvm:
              measurements: [{name: Azure's paravisor, measurement: ZEROS}]
              pcrs: REGISTER=BOOTED
        """
        .replace("SITE", site)
        .replace("VERSION", String.valueOf(version))
        .replace("LAUNCH", GOOD_LAUNCH)
        .replace("SOFTWARE", GOOD_SOFTWARE)
        .replace("FLOOR", String.valueOf(firmware))
        .replace("ZEROS", "00".repeat(48))
        .replace("REGISTER", String.valueOf(Machine.SOFTWARE))
        .replace("BOOTED", GOOD_SOFTWARE);
  }
}
