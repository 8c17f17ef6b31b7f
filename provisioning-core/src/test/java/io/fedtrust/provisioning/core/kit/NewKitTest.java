// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.io.FileOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewKitTest {
  @TempDir Path folder;

  private NewKit kit(String name) throws IOException {
    KitFiles files = new KitFiles(World.client("site-1"));
    files.add("startup/rootCA.pem", "root".getBytes(StandardCharsets.US_ASCII));
    Path state = Files.createDirectories(folder.resolve("state"));
    return new NewKit(files, folder.resolve(name), state, FileOutput.durable());
  }

  @Test
  @DisplayName("a new kit is under way from the moment its folder has its name")
  void underWay() throws IOException {
    NewKit kit = kit("site-1");
    assertThat(kit.isUnderWay()).isFalse();
    kit.stage();
    assertThat(kit.isUnderWay()).isFalse();
    kit.place();
    assertThat(kit.isUnderWay()).isTrue();
    assertThat(folder.resolve("site-1/startup/rootCA.pem")).hasContent("root");
  }

  @Test
  @DisplayName("a kit whose folder cannot get its name is not under way, and leaves nothing")
  void notPlaced() throws IOException {
    NewKit kit = kit("site-1");
    kit.stage();
    Files.createDirectories(folder.resolve("site-1/startup"));
    assertThatThrownBy(kit::place).isInstanceOf(IOException.class);
    assertThat(kit.isUnderWay()).isFalse();
    kit.abandon();
    assertThat(folder.resolve("state")).isEmptyDirectory();
  }
}
