// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/** Reads whole documents; what cannot be read is refused with the code of the place. */
public final class DocumentFiles {
  private DocumentFiles() {}

  /** Reads a YAML mapping from a file. */
  public static Map<String, Object> yaml(Path file, ErrorCode code) {
    try {
      return Yaml.readMapping(BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES));
    } catch (IOException e) {
      throw unreadable(file.toString(), "a YAML mapping of at most 128 KiB", e, code);
    }
  }

  /** Reads a YAML mapping from bytes that were bounded before. */
  public static Map<String, Object> yaml(byte[] bytes, String name, ErrorCode code) {
    try {
      return Yaml.readMapping(bytes);
    } catch (IOException e) {
      throw unreadable(name, "a YAML mapping", e, code);
    }
  }

  /** Reads a JSON object from a file. */
  public static Map<String, Object> json(Path file, ErrorCode code) {
    try {
      return Json.readObject(BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES));
    } catch (IOException e) {
      throw unreadable(file.toString(), "a JSON object of at most 128 KiB", e, code);
    }
  }

  /** Reads a JSON object from bytes that were bounded before. */
  public static Map<String, Object> json(byte[] bytes, String name, ErrorCode code) {
    try {
      return Json.readObject(bytes);
    } catch (IOException e) {
      throw unreadable(name, "a JSON object", e, code);
    }
  }

  private static RuntimeException unreadable(
      String name, String expected, IOException e, ErrorCode code) {
    if (e instanceof NoSuchFileException) {
      return refuse(code, name).problem("file not found").cause(e).build();
    }
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return refuse(code, name).malformed(expected, reason).cause(e).build();
  }
}
