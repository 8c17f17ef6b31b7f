// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.model.Fingerprint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Either side of every exchange is NVFlare's own command line: two folders that share nothing but
 * the zips and the fingerprint.
 */
class MatrixTest {
  @TempDir Path folder;

  /** What a project settles once: connection security, and the version that kits are of. */
  private record Setting(String security, String version) {
    static final List<Setting> ALL =
        Stream.of("tls", "mtls", "clear")
            .flatMap(
                security -> Stream.of("00", "01").map(version -> new Setting(security, version)))
            .toList();
  }

  /** Who approves, who requests and packages, and the setting. */
  private record Cell(Tool approver, Tool site, int number) {
    String security() {
      return Setting.ALL.get(number).security();
    }

    String version() {
      return Setting.ALL.get(number).version();
    }

    String title() {
      return approver
          + " approves, "
          + site
          + " requests and packages, "
          + security()
          + ", "
          + version();
    }

    String id() {
      return (approver + "-" + site + "-" + security() + "-" + version())
          .toLowerCase(java.util.Locale.ROOT);
    }

    List<Definition> definitions() {
      List<Definition> all = Definition.all();
      return IntStream.range(0, all.size())
          .filter(i -> Scope.chosen().includes(approver, site, number, Setting.ALL.size(), i))
          .mapToObj(all::get)
          .toList();
    }
  }

  private static List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Tool approver : Tool.values()) {
      for (Tool site : Tool.values()) {
        for (int setting = 0; setting < Setting.ALL.size(); setting++) {
          cells.add(new Cell(approver, site, setting));
        }
      }
    }
    return cells.stream().filter(cell -> !cell.definitions().isEmpty()).toList();
  }

  @TestFactory
  @DisplayName("Every cell of the matrix")
  Stream<DynamicContainer> matrix() {
    return cells().stream().map(cell -> dynamicContainer(cell.title(), participants(cell)));
  }

  private Stream<DynamicTest> participants(Cell cell) {
    Path shared = folder.resolve(cell.id());
    Admin admin = new Admin(shared.resolve("admin"), cell.security(), cell.version());
    Once authority = new Once(() -> admin.makeAuthority(cell.approver()));
    return cell.definitions().stream()
        .map(
            definition ->
                dynamicTest(
                    definition.title(),
                    () -> {
                      authority.done();
                      exchange(
                          cell,
                          admin,
                          new Site(
                              cell.site(),
                              shared.resolve("site-" + definition.name()),
                              definition));
                    }));
  }

  private static void exchange(Cell cell, Admin admin, Site site) throws Exception {
    Definition definition = site.definition();
    String name = definition.name();
    admin.approve(cell.approver(), definition, site.request()).succeeded();
    Fingerprint fingerprint = admin.fingerprint();
    Path kitFolder = site.kit(admin.signedZip(definition), fingerprint, cell.version());
    StartupKit kit = StartupKit.open(kitFolder);
    assertThat(kit.name()).isEqualTo(name);
    assertThat(kit.org()).isEqualTo(definition.org());
    assertThat(kit.project()).isEqualTo(Admin.PROJECT);
    assertThat(kit.fingerprint()).isEqualTo(fingerprint);
    boolean overridden = String.join("", definition.more()).contains("clear");
    assertThat(kit.connectionSecurity().name())
        .isEqualToIgnoringCase(overridden ? "clear" : cell.security());
    assertThat(kit.endpoint().port()).isEqualTo(definition.type().equals("admin") ? 8003 : 8002);
    if (definition.title().contains("host names")) {
      assertThat(kit.certificateChain().get(0).getSubjectAlternativeNames())
          .extracting(entry -> entry.get(1).toString())
          .contains("fl2.example.org", "fl2.internal.example.org", "192.0.2.7");
    }
  }

  /** Done by whichever test comes first. */
  private static final class Once {
    private interface Action {
      void run() throws Exception;
    }

    private final Action action;
    private boolean done;

    Once(Action action) {
      this.action = action;
    }

    synchronized void done() throws Exception {
      if (!done) {
        action.run();
        done = true;
      }
    }
  }
}
