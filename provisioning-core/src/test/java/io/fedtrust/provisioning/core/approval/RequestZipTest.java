// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.Zips;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.SigningRequest;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.Inspection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Request zips whose hashes agree, with exactly one thing that does not fit. */
class RequestZipTest {
  private static final KeyPair KEYS = World.key(5);

  @TempDir Path temp;
  private World world;
  private Map<String, byte[]> members;
  private Map<String, Object> document;

  @BeforeEach
  void goodRequest() throws Exception {
    world = new World(temp);
    members = Zips.read(world.request(World.client("site-1")).requestZip());
    document = Json.readObject(members.get("request.json"));
  }

  @Test
  @DisplayName("a good request passes every check of the zip, in order")
  void passesEveryCheck() {
    CheckProgress<RequestCheck> progress = new CheckProgress<>(RequestCheck.class);
    VerifiedRequest request = verify(progress);
    assertThat(request.metadata().name()).isEqualTo("site-1");
    assertThat(progress.list(Optional.empty()))
        .filteredOn(check -> check.outcome() == Inspection.Outcome.PASSED)
        .extracting(Inspection.Check::name)
        .containsExactlyElementsOf(
            Arrays.stream(RequestCheck.values()).map(RequestCheck::toString).toList())
        .doesNotContain("");
  }

  @ParameterizedTest
  @CsvSource({
    "name: site-1, name: site-2",
    "org: hospital, org: elsewhere",
    "type: client, type: server",
    "name: fed_test, name: fed_other",
  })
  @DisplayName("a site.yaml about somebody else is refused, though its hash agrees")
  void refusesOtherSite(String ours, String other) {
    String yaml = new String(members.get("site.yaml"), StandardCharsets.UTF_8);
    assertThat(yaml).contains(ours);
    site(yaml.replace(ours, other));
    refused(ErrorCode.INVALID_ARGS, this::verify);
  }

  @ParameterizedTest
  @ValueSource(strings = {"connection_security: clear", "listening_host: a"})
  @DisplayName("a site.yaml that overrides what the admin decides is refused")
  void refusesOverrides(String line) {
    site(new String(members.get("site.yaml"), StandardCharsets.UTF_8) + "  " + line + "\n");
    refused(ErrorCode.INVALID_ARGS, this::verify);
  }

  @ParameterizedTest
  @ValueSource(strings = {"csr_sha256", "site_yaml_sha256", "public_key_sha256"})
  @DisplayName("a hash of something else is refused")
  void refusesOtherHashes(String hash) {
    assertThat(document).containsKey(hash);
    document.put(hash, "0".repeat(64));
    refused(ErrorCode.INVALID_ARGS, this::verify);
  }

  @ParameterizedTest
  @CsvSource({
    "site-2, hospital, client",
    "site-1, elsewhere, client",
    "site-1, hospital, server",
    "site-1, hospital, ''"
  })
  @DisplayName("a CSR of another name, organization or type is refused")
  void refusesOtherCsr(String name, String organization, String type) throws Exception {
    csr(name, organization, type);
    refused(ErrorCode.INVALID_ARGS, this::verify);
    csr("site-1", "hospital", "client");
    assertThat(verify().csr().publicKey()).isEqualTo(KEYS.getPublic());
  }

  @Test
  @DisplayName("a missing member, one too many, and a CSR of another file name are refused")
  void refusesOtherMembers() {
    members.put("more", new byte[0]);
    refused(ErrorCode.INVALID_ARGS, this::verify);
    members.remove("more");
    byte[] csr = members.remove("site-1.csr");
    refused(ErrorCode.INVALID_ARGS, this::verify);
    members.put("site-2.csr", csr);
    refused(ErrorCode.INVALID_ARGS, this::verify);
  }

  private VerifiedRequest verify() {
    return verify(new CheckProgress<>(RequestCheck.class));
  }

  private VerifiedRequest verify(CheckProgress<RequestCheck> progress) {
    members.put("request.json", Json.write(document));
    return VerifiedRequest.of(Zips.write(members), World.jca(), progress);
  }

  private void site(String yaml) {
    byte[] bytes = yaml.getBytes(StandardCharsets.UTF_8);
    members.put("site.yaml", bytes);
    document.put("site_yaml_sha256", Jca.sha256(bytes));
  }

  private void csr(String name, String organization, String type) throws Exception {
    byte[] csr = SigningRequest.create(name, organization, type, KEYS, World.jca());
    members.put("site-1.csr", csr);
    document.put("csr_sha256", Jca.sha256(csr));
    document.put("public_key_sha256", Jca.sha256(KEYS.getPublic().getEncoded()));
  }
}
