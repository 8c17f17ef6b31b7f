// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.ApprovalBuilder;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.Participant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an approval is asked, and what it leaves behind. */
class ApprovalOptionsTest {
  @TempDir Path temp;
  private World world;
  private RequestFolder request;

  @BeforeEach
  void oneRequest() {
    world = new World(temp);
    world.ca();
    request = world.request(World.client("site-1"));
  }

  private ApprovalBuilder approving() {
    return world.ca().approve(request.requestZip());
  }

  @Test
  @DisplayName("one approval has one profile, as an object or as a file")
  void oneProfile() {
    Path file = temp.resolve("profile.yaml");
    ApprovalBuilder byObject = approving().against(world.profile());
    assertThatThrownBy(() -> byObject.against(world.profile()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> byObject.against(file)).isInstanceOf(IllegalStateException.class);
    ApprovalBuilder byFile = approving().against(file);
    assertThatThrownBy(() -> byFile.against(world.profile()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> byFile.against(file)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> approving().plan()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @DisplayName("a plan refuses what the approval would refuse")
  void planRefuses() throws IOException {
    Path taken = Files.writeString(temp.resolve("taken.zip"), "another");
    refused(ErrorCode.CERT_ALREADY_EXISTS, () -> approving().against(world.profile()).plan(taken));
    Path free = temp.resolve("free.zip");
    assertThat(approving().against(world.profile()).plan(free).signedZip()).isEqualTo(free);

    world.approve(request);
    refused(
        ErrorCode.REQUEST_ALREADY_APPROVED, () -> approving().against(world.profile()).plan(free));
    refused(
        ErrorCode.REQUEST_ALREADY_APPROVED,
        () -> approving().against(world.profile()).writeTo(free));
    assertThat(free).doesNotExist();
  }

  @Test
  @DisplayName("an approval written to a path of the caller's choice says so, folders included")
  void writtenElsewhere() {
    Path zip = temp.resolve("out/of/sight/site-1.zip");
    Approval approval = approving().against(world.profile()).writeTo(zip);
    assertThat(approval.signedZip()).isEqualTo(zip).isRegularFile();
    assertThat(approval.subjectAlternativeNames()).containsExactly("DNS:site-1");
  }

  @Test
  @DisplayName("a server's plan lists its host first and each other name once")
  void namesOfAServer() {
    RequestFolder server =
        world.request(
            new Participant.Server(
                "localhost", "central", "localhost", "127.0.0.1", "fl.example.org"));
    assertThat(
            world
                .ca()
                .approve(server.requestZip())
                .against(world.profile())
                .plan()
                .subjectAlternativeNames())
        .containsExactly("DNS:localhost", "IP:127.0.0.1", "DNS:fl.example.org");
  }

  @Test
  @DisplayName("the audit record names CA, federation and the hash of everything covered")
  void auditRecord() throws IOException {
    Approval approval = world.approve(request);
    Map<String, Object> record =
        Json.readObject(Files.readAllBytes(approval.audit().orElseThrow()));
    assertThat(record.get("ca"))
        .asInstanceOf(MAP)
        .containsEntry("ca_dir", world.path("ca").toString())
        .containsKeys("metadata", "project_profile", "rootca_path");
    assertThat(record.get("hashes"))
        .asInstanceOf(MAP)
        .hasSize(8)
        .allSatisfy((name, hash) -> assertThat(String.valueOf(hash)).matches("[0-9a-f]{64}"));
  }
}
