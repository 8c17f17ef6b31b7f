// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What every refusal has: a code, a field, a hint, and no trace on the disk. */
public final class Refusals {
  private Refusals() {}

  public static void refused(ErrorCode code, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
              assertThat(e.field()).isNotBlank();
              assertThat(e.hint()).isNotBlank();
            });
  }

  /** As {@link #refused}, and the folder is as it was. */
  public static void refusedWithoutTrace(ErrorCode code, Path folder, ThrowingCallable action) {
    Map<String, String> before = snapshot(folder);
    refused(code, action);
    assertThat(snapshot(folder)).isEqualTo(before);
  }

  /** Every path below a folder with its content. */
  public static Map<String, String> snapshot(Path folder) {
    Map<String, String> snapshot = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.toList()) {
        String name = folder.relativize(path).toString();
        // Lock files stay by design; they hold nothing.
        if (!name.endsWith(".lock")) {
          snapshot.put(
              name,
              Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                  ? new String(
                      Files.readAllBytes(path), java.nio.charset.StandardCharsets.ISO_8859_1)
                  : "");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return snapshot;
  }
}
