// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Provisions a federation, starts a process for each site, lets the server run its course, and
 * stops them all. Each site has hardware of another family. One hospital is honest, one runs old
 * firmware, one other software than it says.
 */
public final class FederationDemo {
  /** The site that does as it says, on Intel TDX with an NVIDIA GPU. */
  public static final String HONEST = "hospital-honest";

  /** The site whose firmware is behind: a container group of Azure. */
  public static final String OLD = "hospital-old-tcb";

  /** The site that runs other software: a confidential VM of Azure. */
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
  private static final long LONGEST_MINUTES = 10;

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
    List<Process> processes = new ArrayList<>();
    Thread stop = new Thread(() -> processes.forEach(Process::destroyForcibly));
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      for (String site : SITES) {
        processes.add(started(site));
      }
      Process server = processes.get(0);
      if (!server.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES) || server.exitValue() != 0) {
        throw new ServerFailedException();
      }
      return logs();
    } finally {
      for (Process process : processes) {
        end(process);
      }
      Runtime.getRuntime().removeShutdownHook(stop);
    }
  }

  private static final class ServerFailedException extends IOException implements ReadableFailure {
    private static final long serialVersionUID = 1L;

    private ServerFailedException() {
      super("the server's process failed; its log says why");
    }
  }

  private static Map<String, Path> logs(Path folder) {
    Map<String, Path> logs = new LinkedHashMap<>();
    SITES.forEach(site -> logs.put(site, new SiteFolder(folder, site).events()));
    return logs;
  }

  private Map<String, Path> logs() {
    return logs(folder);
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
      new SiteFolder(folder, site)
          .write(
              SITES,
              Map.of(
                  "kit",
                  kit.toString(),
                  "machine",
                  String.valueOf(MACHINES.get(site)),
                  "software",
                  software(site)),
              policy(site));
    }
    say.accept(String.format("%-17s provisioned a server and three hospitals", "admin"));
  }

  private static String software(String site) {
    return switch (site) {
      case OLD -> GOOD_SOFTWARE;
      case TAMPERED -> OTHER_SOFTWARE;
      default -> GOOD_LAUNCH;
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

  /** Everybody demands the same of the others; those who are behind demand less of themselves. */
  private static String policy(String site) {
    return """
        id: SITE
        version: "1"
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
        .replace("LAUNCH", GOOD_LAUNCH)
        .replace("SOFTWARE", GOOD_SOFTWARE)
        .replace("FLOOR", site.equals(OLD) ? "20" : "24")
        .replace("ZEROS", "00".repeat(48))
        .replace("REGISTER", String.valueOf(Machine.SOFTWARE))
        .replace("BOOTED", site.equals(TAMPERED) ? OTHER_SOFTWARE : GOOD_SOFTWARE);
  }

  private Process started(String site) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                folder.toString(),
                site)
            .redirectErrorStream(true)
            .start();
    Thread reader = new Thread(() -> copied(process), "console-" + site);
    reader.setDaemon(true);
    reader.start();
    return process;
  }

  private void copied(Process process) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(say);
    } catch (IOException | UncheckedIOException e) {
      // The process has ended; what it said until then is told.
    }
  }

  private static void end(Process process) throws InterruptedException {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended already.
    }
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
