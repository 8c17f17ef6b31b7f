// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * What a site of the example finds on its disk: its kit, its policy, its machine. Only {@link
 * #published} is shared, and stands for what vendors publish.
 *
 * @param federation the folder of all
 * @param name of this site
 */
record SiteFolder(Path federation, String name) {
  private static final String SETTINGS = "machine.properties";
  private static final String ALL_SITES = "sites";

  /** Writes what the site is to be. */
  void write(List<String> sites, Map<String, String> settings, String policy) throws IOException {
    Files.createDirectories(home());
    Files.createDirectories(published());
    Properties properties = new Properties();
    properties.putAll(settings);
    properties.setProperty(ALL_SITES, String.join(",", sites));
    try (Writer writer = Files.newBufferedWriter(home().resolve(SETTINGS))) {
      properties.store(writer, null);
    }
    Files.writeString(policy(), policy);
  }

  /**
   * Installs software on the machine of this site: it runs from the next evidence on.
   *
   * @param measurement in hex
   */
  void install(String measurement) throws IOException {
    Path written = Files.writeString(home().resolve("software.new"), measurement);
    Files.move(written, software(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Measurement of the software that the machine of this site runs now. */
  byte[] installed() {
    try {
      return HexFormat.of().parseHex(Files.readString(software()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path software() {
    return home().resolve("software");
  }

  Path home() {
    return federation.resolve(name);
  }

  Path published() {
    return federation.resolve("published-by-vendors");
  }

  Path policy() {
    return home().resolve("policy.yaml");
  }

  Path events() {
    return home().resolve("events.jsonl");
  }

  Path kit() {
    return Path.of(setting("kit"));
  }

  List<String> sites() {
    return List.of(setting(ALL_SITES).split(",", -1));
  }

  String setting(String key) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(home().resolve(SETTINGS))) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String value = properties.getProperty(key);
    if (value == null) {
      throw new IllegalStateException(home() + ": expected a setting " + key + ", was none");
    }
    return value;
  }
}
