// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.context;

import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.spi.AuditStore;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Records in {@code ~/.nvflare/cert_requests} and {@code ~/.nvflare/cert_approves}, readable by
 * NVFlare's {@code package}.
 */
public final class FileAuditStore implements AuditStore {
  private final Path folder;
  private final FileOutput output;

  /** Keeps records in a folder, normally {@code ~/.nvflare}. */
  public FileAuditStore(Path folder, FileOutput output) {
    this.folder = folder.toAbsolutePath();
    this.output = output;
  }

  @Override
  public Path request(String requestId, Map<String, Object> record) throws IOException {
    return write(folder.resolve("cert_requests").resolve(requestId).resolve("audit.json"), record);
  }

  @Override
  public Path approval(String requestId, Map<String, Object> record) throws IOException {
    return write(folder.resolve("cert_approves").resolve(requestId + ".json"), record);
  }

  private Path write(Path file, Map<String, Object> record) throws IOException {
    output.createFolders(file.getParent(), FileMode.OWNER_FOLDER);
    output.overwrite(file, Json.write(record), FileMode.OWNER_FILE);
    return file;
  }

  @Override
  public List<Path> requestFolders(String requestId) {
    Path requests = folder.resolve("cert_requests");
    List<Path> folders = new ArrayList<>();
    for (Path file :
        List.of(
            requests.resolve(requestId).resolve("audit.json"),
            requests.resolve(requestId).resolve("request.json"),
            requests.resolve(requestId + ".json"))) {
      read(file).flatMap(FileAuditStore::requestFolder).ifPresent(folders::add);
    }
    return folders;
  }

  private static Optional<Map<String, Object>> read(Path file) {
    try {
      // A symbolic link is not followed: the record decides where a private key is looked for.
      return Optional.of(Json.readObject(BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> requestFolder(Map<String, Object> record) {
    Map<?, ?> nested = record.get("request") instanceof Map<?, ?> request ? request : Map.of();
    Optional<Path> named =
        Stream.of("request_dir", "request_folder", "output_dir")
            .flatMap(
                key ->
                    Stream.of(
                        Optional.ofNullable(record.get(key)), Optional.ofNullable(nested.get(key))))
            .flatMap(Optional::stream)
            .flatMap(FileAuditStore::path)
            .findFirst();
    return named.or(
        () ->
            Stream.of("private_key_path", "key_path")
                .map(record::get)
                .flatMap(FileAuditStore::path)
                .map(Path::getParent)
                .findFirst());
  }

  private static Stream<Path> path(Object value) {
    try {
      return value instanceof String text && !text.isBlank()
          ? Stream.of(Path.of(text))
          : Stream.of();
    } catch (InvalidPathException e) {
      return Stream.of();
    }
  }
}
