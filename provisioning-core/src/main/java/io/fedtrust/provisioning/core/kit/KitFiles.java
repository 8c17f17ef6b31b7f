// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.spi.StartupKitBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a kit before they are written; credentials are added last and cannot be replaced.
 */
final class KitFiles implements StartupKitBuilder.KitDraft {
  private static final int MAX_FILE_BYTES = 1024 * 1024;
  private static final int MAX_FILES = 1000;

  private final Participant participant;
  private final Map<String, KitFile> files = new LinkedHashMap<>();

  /** One file. */
  record KitFile(byte[] content, FileMode mode) {}

  KitFiles(Participant participant) {
    this.participant = participant;
  }

  void add(String path, byte[] content) {
    files.put(path, new KitFile(content, FileMode.PUBLIC_FILE));
  }

  void addScript(String path, byte[] content) {
    files.put(path, new KitFile(content, FileMode.SCRIPT));
  }

  void addPrivate(String path, byte[] content) {
    files.put(path, new KitFile(content, FileMode.OWNER_FILE));
  }

  Map<String, KitFile> all() {
    return files;
  }

  /** Writes the files whose path begins with a prefix into a folder that nobody reads yet. */
  void writeBelow(String prefix, Path folder, FileOutput output) throws IOException {
    for (Map.Entry<String, KitFile> file : files.entrySet()) {
      if (file.getKey().startsWith(prefix)) {
        Path path = folder.resolve(file.getKey().substring(prefix.length()));
        output.createFolders(path.getParent(), FileMode.PUBLIC_FOLDER);
        output.writeInPlace(path, file.getValue().content(), file.getValue().mode());
      }
    }
  }

  @Override
  public Participant participant() {
    return participant;
  }

  @Override
  public List<String> files() {
    return List.copyOf(files.keySet());
  }

  @Override
  public Optional<byte[]> read(String path) {
    return Optional.ofNullable(files.get(path)).map(file -> file.content().clone());
  }

  @Override
  public void write(String path, byte[] content, boolean executable) {
    List<String> steps = List.of(path.split("/", -1));
    String name = steps.get(steps.size() - 1).toLowerCase(Locale.ROOT);
    boolean inside =
        steps.size() >= 2
            && (steps.get(0).equals("startup") || steps.get(0).equals("local"))
            && steps.stream()
                .noneMatch(
                    step ->
                        step.isBlank()
                            || step.equals(".")
                            || step.equals("..")
                            || step.contains("\\"));
    boolean credential =
        name.endsWith(".key")
            || name.endsWith(".crt")
            || name.equals("rootca.pem")
            || name.equals("signature.json");
    if (!inside || credential || content.length > MAX_FILE_BYTES || files.size() >= MAX_FILES) {
      throw refuse(ErrorCode.BUILD_FAILED, "builder output")
          .expected("files of at most 1 MiB below startup/ or local/ that are no credentials")
          .actual(path)
          .build();
    }
    files.put(
        path, new KitFile(content.clone(), executable ? FileMode.SCRIPT : FileMode.PUBLIC_FILE));
  }
}
