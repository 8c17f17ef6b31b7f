// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.core.document.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever the folder's name, the server's storage is exactly there, or the text says no. */
@Label("a server's kit in a folder of any name")
class MovedKitPropertyTest {
  private static final int MAX_NAME = 120;
  private static final String NO_JOBS =
      "NVFlare 2.8 and 2.9 cannot run jobs in a folder with a blank, quote or backslash in its"
          + " path.\n";

  private static Path folder;
  private static Path kit;

  /** Renames the kit to the name on its standard input, starts it, and prints the resources. */
  private static final String SCRIPT =
      """
      set -eu
      # Reading ends with a mark, because the shell takes newlines away at the end.
      name="$(cat; echo .)"
      mkdir "$1/place"
      cp -R "$2" "$1/place/${name%.}"
      cd "$1/place/${name%.}"
      real="$PATH" PATH="$1/bin:$PATH" ./startup/sub_start.sh --once || exit 3
      cat local/resources.json
      """;

  @BeforeContainer
  static void makeKit() throws IOException {
    folder = Files.createTempDirectory("moved").toRealPath();
    kit = new World(folder).kit(World.server()).folder();
    Path python = Files.createDirectories(folder.resolve("bin")).resolve("python3");
    Files.writeString(
        python,
        "#!/bin/bash\nif [ \"$1\" = -I ]; then PATH=\"$real\" exec python3 \"$@\"; fi\nexit 0\n");
    assertThat(python.toFile().setExecutable(true)).isTrue();
  }

  @AfterContainer
  static void remove() throws Exception {
    OtherUsers.run("rm", "-rf", folder.toString());
  }

  @Provide
  Arbitrary<byte[]> names() {
    Arbitrary<byte[]> nasty =
        Arbitraries.strings()
            .withChars(" '\"$`\\\n\t\r;&|*?[]{}()<>!#~%^=-.äß中😀\u202e\u0001")
            .ofMinLength(1)
            .ofMaxLength(20)
            .map(text -> text.getBytes(StandardCharsets.UTF_8));
    Arbitrary<byte[]> bytes =
        Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(MAX_NAME);
    Arbitrary<byte[]> text =
        Arbitraries.strings()
            .ofMinLength(1)
            .ofMaxLength(MAX_NAME / 4)
            .map(string -> string.getBytes(StandardCharsets.UTF_8));
    return Arbitraries.oneOf(nasty, text, bytes).filter(MovedKitPropertyTest::isName);
  }

  private static boolean isName(byte[] name) {
    for (byte b : name) {
      if (b == 0 || b == '/') {
        return false;
      }
    }
    String text = new String(name, StandardCharsets.ISO_8859_1);
    return !text.equals(".") && !text.equals("..") && !text.startsWith("-");
  }

  @Property(tries = 30)
  void anyName(@ForAll("names") byte[] name) throws Exception {
    requireStorageIn(name);
  }

  @Example
  void aNewlineAtTheEnd() throws Exception {
    requireStorageIn("kit\n".getBytes(StandardCharsets.UTF_8));
  }

  @Example
  void notUtf8() throws Exception {
    requireStorageIn(new byte[] {'k', (byte) 0xff});
  }

  private static void requireStorageIn(byte[] name) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash is not here");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", SCRIPT, "bash", folder.toString(), kit.toString());
    builder.redirectError(folder.resolve("error.txt").toFile());
    builder.environment().remove("NVFL_WORKSPACE");
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    process.getOutputStream().write(name);
    process.getOutputStream().close();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    process.getInputStream().transferTo(out);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    OtherUsers.run("rm", "-rf", folder.resolve("place").toString());
    String error = Files.readString(folder.resolve("error.txt"));
    Optional<String> text = utf8(name);
    if (text.isPresent()) {
      assertThat(process.exitValue()).as(error).isZero();
      String storage = folder + "/place/" + text.get() + "/storage/";
      assertThat(Json.readObject(out.toByteArray()).toString())
          .contains("root_dir=" + storage + "snapshots,", "uri_root=" + storage + "jobs,");
      assertThat(error).isIn("", NO_JOBS);
    } else {
      assertThat(process.exitValue()).isEqualTo(3);
      assertThat(error).contains("The path of the workspace is not UTF-8: move it.");
    }
  }

  private static Optional<String> utf8(byte[] name) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
