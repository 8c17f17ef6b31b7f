// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.demo;

import io.fedtrust.cli.ShellWord;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.SignedBundle;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The whole journey in one folder: {@code admin/} is the project admin's machine, every other
 * folder a participant's. Only zips go from one to the other.
 */
final class Quickstart {
  private static final String PROJECT = "first_federation";
  private static final String SERVER = "localhost";
  private static final String PROFILE =
      """
      name: first_federation
      scheme: grpc
      connection_security: mtls
      server:
        host: localhost
        fed_learn_port: 8002
        admin_port: 8003
      """;
  private static final Map<String, String> DEFINITIONS = definitions();

  private final ProvisioningEngine engine;
  private final Path folder;
  private final Instant now;
  private final Consumer<String> say;

  Quickstart(ProvisioningEngine engine, Path folder, Instant now, Consumer<String> say) {
    this.engine = engine;
    this.folder = folder;
    this.now = now;
    this.say = say;
  }

  private static Map<String, String> definitions() {
    Map<String, String> definitions = new LinkedHashMap<>();
    definitions.put(
        SERVER, entry("localhost", "server", "central", "    host_names: [127.0.0.1]\n"));
    definitions.put("hospital-a", entry("hospital-a", "client", "hospital_alpha", ""));
    definitions.put("hospital-b", entry("hospital-b", "client", "hospital_beta", ""));
    definitions.put(
        "lead@example.org",
        entry("lead@example.org", "admin", "hospital_alpha", "    role: lead\n"));
    return definitions;
  }

  private static String entry(String name, String type, String org, String more) {
    return "name: "
        + PROJECT
        + "\nparticipants:\n  - name: "
        + name
        + "\n    type: "
        + type
        + "\n    org: "
        + org
        + "\n"
        + more;
  }

  Map<String, Object> run() throws IOException {
    Path admin = folder.resolve("admin");
    Path inbox = Files.createDirectories(admin.resolve("inbox"));
    Path profile = Files.writeString(admin.resolve("project_profile.yaml"), PROFILE);
    CertificateAuthority ca =
        engine
            .createAuthority(engine.readProjectName(profile))
            .profilePath(profile)
            .in(admin.resolve("ca"));
    say.accept("admin             made the project CA");
    Map<String, StartupKit> kits = new LinkedHashMap<>();
    for (Map.Entry<String, String> definition : DEFINITIONS.entrySet()) {
      kits.put(
          definition.getKey(),
          provision(ca, profile, inbox, definition.getKey(), definition.getValue()));
    }
    Handshakes handshakes = new Handshakes(kits.get(SERVER), say);
    handshakes.accepted(kits.get("hospital-a"));
    handshakes.accepted(kits.get("hospital-b"));
    handshakes.accepted(kits.get("lead@example.org"));
    handshakes.refusedStranger(stranger());
    handshakes.refusedImpostor(kits.get("hospital-b"), kits.get("hospital-a"));
    Map<String, Object> data = answer(ca, kits, handshakes);
    data.put("attestation", new AttestationDemo(folder.resolve("attestation"), now, say).run());
    return data;
  }

  private StartupKit provision(
      CertificateAuthority ca, Path profile, Path inbox, String name, String definition)
      throws IOException {
    Path site = Files.createDirectories(folder.resolve(name));
    Path yaml = Files.writeString(site.resolve("participant.yaml"), definition);
    RequestFolder request =
        engine.request(engine.readDefinition(yaml)).writeTo(site.resolve("request"));
    Path received = inbox.resolve(String.valueOf(request.requestZip().getFileName()));
    Files.copy(request.requestZip(), received);
    Path signed = ca.approve(received).against(profile).write().signedZip();
    Path returned = site.resolve(String.valueOf(signed.getFileName()));
    Files.copy(signed, returned);
    // Here the fingerprint comes from the same program; in life, from another channel.
    SignedBundle bundle = engine.openBundle(returned).trust(ca.fingerprint().text());
    StartupKit kit =
        engine
            .packager(bundle)
            .requestFolder(request.folder())
            .packageInto(site.resolve("workspace"));
    say.accept(String.format("%-17s made a key, got its approval, packaged its kit", name));
    return kit;
  }

  /** A hospital of the same name under another CA. */
  private StartupKit stranger() throws IOException {
    Path elsewhere = Files.createDirectories(folder.resolve("stranger"));
    Path profile = Files.writeString(elsewhere.resolve("project_profile.yaml"), PROFILE);
    CertificateAuthority other = engine.createAuthority(PROJECT).in(elsewhere.resolve("ca"));
    Path yaml =
        Files.writeString(
            elsewhere.resolve("participant.yaml"), entry("hospital-a", "client", "stranger", ""));
    RequestFolder request =
        engine.request(engine.readDefinition(yaml)).writeTo(elsewhere.resolve("request"));
    Path signed = other.approve(request.requestZip()).against(profile).write().signedZip();
    return engine
        .packager(engine.openBundle(signed).trust(other.fingerprint()))
        .requestFolder(request.folder())
        .packageInto(elsewhere.resolve("workspace"));
  }

  private Map<String, Object> answer(
      CertificateAuthority ca, Map<String, StartupKit> kits, Handshakes handshakes) {
    Map<String, Object> folders = new LinkedHashMap<>();
    kits.forEach((name, kit) -> folders.put(name, kit.folder().toString()));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("folder", folder);
    data.put("ca", folder.resolve("admin/ca"));
    data.put("rootca_fingerprint_sha256", ca.fingerprint());
    data.put("kits", folders);
    data.put("handshakes", handshakes.results());
    data.put(
        "next_step",
        "With NVFlare installed: cd "
            + ShellWord.of(kits.get(SERVER).folder())
            + " && ./startup/start.sh, then the same for each hospital; then"
            + " ./startup/fl_admin.sh in the lead's kit.");
    data.put(
        "look_at",
        List.of(Main.program() + " cert inspect " + ShellWord.of(kits.get(SERVER).folder())));
    return data;
  }
}
