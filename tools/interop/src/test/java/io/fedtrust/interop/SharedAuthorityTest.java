// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One CA folder that both command lines use in turn. */
class SharedAuthorityTest {
  private static final Pattern KEY_DIGEST =
      Pattern.compile("\"public_key_sha256\": *\"([0-9a-f]{64})\"");

  @TempDir Path folder;

  @Test
  @DisplayName("NVFlare approves with FedTrust's CA of 3072 bits, and both package the result")
  void peerApprovesWithOurAuthority() throws Exception {
    Admin admin = admin().makeAuthority(Tool.FEDTRUST);
    for (Tool tool : Tool.values()) {
      Site site = site(tool, "hospital-" + tool);
      admin.approve(Tool.NVFLARE, site.definition(), site.request()).succeeded();
      assertThat(rootBits(open(admin, site))).isEqualTo(3072);
    }
  }

  @Test
  @DisplayName("FedTrust approves with NVFlare's CA as NVFlare leaves it, and both package")
  void ourApprovalWithThePeersAuthority() throws Exception {
    Admin admin = admin().makeAuthority(Tool.NVFLARE);
    for (Tool tool : Tool.values()) {
      Site site = site(tool, "hospital-" + tool);
      Command.Answer answer =
          admin.approve(Tool.FEDTRUST, site.definition(), site.request()).succeeded();
      assertThat(answer.output()).doesNotContain("chmod");
      open(admin, site);
    }
  }

  @Test
  @DisplayName("A folder with mode 0755 that NVFlare filled is used, with a warning")
  void readableFolder() throws Exception {
    Admin admin = admin();
    Files.createDirectories(admin.authority());
    Files.setPosixFilePermissions(admin.authority(), PosixFilePermissions.fromString("rwxr-xr-x"));
    admin.makeAuthority(Tool.NVFLARE);
    Site site = site(Tool.NVFLARE, "hospital-a");
    assertThat(admin.approve(Tool.FEDTRUST, site.definition(), site.request()).succeeded().output())
        .containsOnlyOnce("chmod 700");
  }

  @Test
  @DisplayName("The ledger imports NVFlare's approval, and NVFlare's next key needs --expect-key")
  void ledgerAndRenewal() throws Exception {
    Admin admin = admin().makeAuthority(Tool.FEDTRUST);
    Site ours = site(Tool.FEDTRUST, "hospital-a");
    Site peers = site(Tool.NVFLARE, "hospital-b");
    admin.approve(Tool.FEDTRUST, ours.definition(), ours.request()).succeeded();
    admin.approve(Tool.NVFLARE, peers.definition(), peers.request()).succeeded();
    open(admin, peers);

    String signedZip = admin.signedZip(peers.definition()).toString();
    ledger(admin, "ledger", "import", "-c", "ca", signedZip);
    assertThat(ledger(admin, "list", "-c", "ca"))
        .contains("name: hospital-a", "name: hospital-b", keyDigest(peers))
        .doesNotContain("unknown");

    Files.delete(admin.signedZip(peers.definition()));
    String oldKey = keyDigest(peers);
    Path renewal = peers.request("--force");
    assertThat(keyDigest(peers)).isNotEqualTo(oldKey);
    Definition definition = peers.definition();
    refused("PARTICIPANT_ALREADY_CERTIFIED", admin.approve(Tool.FEDTRUST, definition, renewal));
    refused("EXPECTED_KEY_REQUIRED", admin.approve(Tool.FEDTRUST, definition, renewal, "--renew"));
    admin
        .approve(
            Tool.FEDTRUST,
            definition,
            renewal,
            "--renew",
            "--expect-key",
            "SHA256:" + keyDigest(peers))
        .succeeded();
    StartupKit renewed = open(admin, peers, "--force");
    assertThat(keyDigest(renewed.certificateChain().get(0))).isEqualTo(keyDigest(peers));
  }

  private Admin admin() throws IOException {
    return new Admin(Files.createDirectories(folder.resolve("admin")), "mtls", "00");
  }

  private Site site(Tool tool, String name) {
    Definition definition = new Definition("", name, "client", "hospital_alpha", "", List.of());
    return new Site(tool, folder.resolve(name), definition);
  }

  private static StartupKit open(Admin admin, Site site, String... options) throws Exception {
    Fingerprint fingerprint = admin.fingerprint();
    Path signedZip = admin.signedZip(site.definition());
    StartupKit kit = StartupKit.open(site.kit(signedZip, fingerprint, admin.version(), options));
    assertThat(kit.name()).isEqualTo(site.definition().name());
    assertThat(kit.fingerprint()).isEqualTo(fingerprint);
    return kit;
  }

  private static String ledger(Admin admin, String... command) {
    String[] all = new String[command.length + 1];
    all[0] = "cert";
    System.arraycopy(command, 0, all, 1, command.length);
    return Tool.FEDTRUST.run(admin.folder(), all).succeeded().output();
  }

  private static void refused(String code, Command.Answer answer) {
    assertThat(answer.exit()).as(answer.output()).isNotZero();
    assertThat(answer.output()).contains(code);
  }

  private static int rootBits(StartupKit kit) {
    return ((RSAPublicKey) kit.rootCertificate().getPublicKey()).getModulus().bitLength();
  }

  /** What the participant tells its project admin on another channel. */
  private static String keyDigest(Site site) throws IOException {
    String request = Files.readString(site.requestFolder().resolve("request.json"));
    Matcher digest = KEY_DIGEST.matcher(request);
    assertThat(digest.find()).as(request).isTrue();
    return digest.group(1);
  }

  private static String keyDigest(X509Certificate certificate) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded()));
  }
}
