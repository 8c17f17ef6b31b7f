// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static io.fedtrust.provisioning.core.Refusals.refusedWithoutTrace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.Inspection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second certificate in {@code rootCA.pem}: NVFlare's runtime trusts it, whatever it is. */
class RootCertificateTest {
  @TempDir Path temp;
  private World world;
  private byte[] attacker;

  @BeforeEach
  void anAttackersRoot() throws IOException {
    world = new World(temp);
    World other = new World(Files.createDirectories(temp.resolve("other")));
    other.ca();
    attacker = Files.readAllBytes(other.path("ca/rootCA.pem"));
  }

  @Test
  @DisplayName("a CA folder whose rootCA.pem holds a second certificate neither opens nor signs")
  void caFolder() throws Exception {
    world.ca();
    RequestFolder request = world.request(World.client("site-1"));
    append(world.path("ca/rootCA.pem"), attacker);
    refused(ErrorCode.CA_LOAD_FAILED, () -> world.engine().openAuthority(world.path("ca")).open());
    refused(ErrorCode.CA_LOAD_FAILED, () -> world.engine().ledger(world.path("ca")));
    refusedWithoutTrace(ErrorCode.CA_LOAD_FAILED, temp, () -> world.approve(request));
    assertFails(world.path("ca"), ErrorCode.CA_LOAD_FAILED);
  }

  @Test
  @DisplayName("text beside the certificate is refused, other line ends are not")
  void textBeside() throws Exception {
    world.ca();
    Path file = world.path("ca/rootCA.pem");
    String pem = Files.readString(file);
    for (String text : new String[] {"# comment\n" + pem, pem + "end", "\0" + pem}) {
      Files.writeString(file, text);
      refused(
          ErrorCode.CA_LOAD_FAILED, () -> world.engine().openAuthority(world.path("ca")).open());
    }
    Files.writeString(file, "\r\n" + pem.replace("\n", "\r\n") + "\r\n");
    assertThat(world.kit(World.client("site-1")).name()).isEqualTo("site-1");
    assertThat(Files.readString(world.path("workspace/fed_test/prod_00/site-1/startup/rootCA.pem")))
        .isEqualTo(Files.readString(file));
  }

  @Test
  @DisplayName("a signed zip whose rootCA.pem holds a second certificate makes no kit")
  void signedZip() throws Exception {
    RequestFolder request = world.request(World.client("site-1"));
    Path zip = world.approve(request).signedZip();
    PrivateKey caKey =
        KeyFiles.decode(Files.readAllBytes(world.path("ca/rootCA.key")), new char[0], World.jca());
    Map<String, byte[]> members = Zips.read(zip);
    byte[] both = concat(members.get("rootCA.pem"), attacker);
    members.put("rootCA.pem", both);
    Map<String, Object> document = Json.readObject(members.get("signed.json"));
    @SuppressWarnings("unchecked") // JSON objects have texts as keys
    Map<String, Object> hashes = (Map<String, Object>) document.get("hashes");
    hashes.put("rootca_sha256", Jca.sha256(both));
    byte[] json = Json.write(document);
    members.put("signed.json", json);
    members.put("signed.json.sig", Base64.getEncoder().encode(World.jca().signPss(caKey, json)));
    Files.write(zip, Zips.write(members));
    refusedWithoutTrace(ErrorCode.INVALID_SIGNED_ZIP, temp, () -> world.engine().openBundle(zip));
    assertFails(zip, ErrorCode.INVALID_SIGNED_ZIP);
  }

  @Test
  @DisplayName("no kit is packaged beside one whose rootCA.pem holds a second certificate")
  void kitsBeside() throws Exception {
    world.kit(World.client("site-1"));
    append(world.path("workspace/fed_test/prod_00/site-1/startup/rootCA.pem"), attacker);
    Files.createDirectories(world.path("workspace/fed_test/prod_00/more"));
    Path zip = world.approve(world.request(World.client("site-2"))).signedZip();
    refused(ErrorCode.ROOTCA_LOAD_FAILED, () -> world.packageKit(zip));
  }

  @Test
  @DisplayName("a kit with a second certificate, which Python's TLS trusts, does not open")
  void kit() throws Exception {
    Path kit = world.kit(World.client("site-1")).folder();
    Path file = kit.resolve("startup/rootCA.pem");
    append(file, attacker);
    refused(ErrorCode.KIT_INVALID, () -> world.engine().openKit(kit));
    assertFails(kit, ErrorCode.KIT_INVALID);
    assertThat(trustedByPython(file)).isEqualTo("2");
  }

  @Test
  @DisplayName("customRootCA.pem may hold several certificates")
  void customRoots() throws Exception {
    Path kit = world.kit(World.client("site-1")).folder();
    Files.write(kit.resolve("startup/customRootCA.pem"), concat(attacker, attacker));
    assertThat(world.engine().openKit(kit).name()).isEqualTo("site-1");
  }

  private void assertFails(Path path, ErrorCode code) {
    assertThat(world.engine().inspect(path).inspect().checks())
        .filteredOn(check -> check.outcome() == Inspection.Outcome.FAILED)
        .anySatisfy(check -> assertThat(check.code()).contains(code.name()));
  }

  private static String trustedByPython(Path roots) throws Exception {
    Process python;
    try {
      python =
          new ProcessBuilder(
                  "python3",
                  "-c",
                  "import ssl, sys; c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT);"
                      + " c.load_verify_locations(sys.argv[1]); print(len(c.get_ca_certs()))",
                  roots.toString())
              .start();
    } catch (IOException e) {
      assumeTrue(false, "no python3 here");
      return "";
    }
    String answer = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor()).isZero();
    return answer.strip();
  }

  private static void append(Path file, byte[] more) throws IOException {
    Files.write(file, concat(Files.readAllBytes(file), more));
  }

  private static byte[] concat(byte[] one, byte[] two) {
    byte[] both = java.util.Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }
}
