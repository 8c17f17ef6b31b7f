// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.io.ChangeKind;
import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What packaging changes in an existing kit. It replaces what packaging makes: {@code startup}, the
 * read-me file, and defaults and samples in {@code local}. Everything else belongs to the site.
 *
 * @param replaced files and folders that go to the backup
 * @param installed files and folders that are put in place
 * @param left what is rendered for a place that the site has taken
 * @param kept what stays where it is
 */
record KitContents(
    List<String> replaced, List<String> installed, List<String> left, List<String> kept) {
  private static final String LOCAL = "local";
  private static final String STARTUP = "startup";

  /** Compares a kit's folder with the files rendered for it. */
  static KitContents of(Path kit, String subject, Iterable<String> rendered) throws IOException {
    requireFolders(kit);
    requireUnsigned(kit);
    Set<String> present = new LinkedHashSet<>(names(kit, ""));
    present.remove(LOCAL);
    present.addAll(names(kit.resolve(LOCAL), LOCAL + "/"));
    List<String> replaced = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    for (String name : present) {
      (isPackaged(subject, name) ? replaced : kept).add(name);
    }
    Set<String> wanted = new LinkedHashSet<>();
    rendered.forEach(path -> wanted.add(entry(path)));
    List<String> installed = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (String name : wanted) {
      (kept.contains(name) ? left : installed).add(name);
    }
    requireNames(subject, installed);
    return new KitContents(
        List.copyOf(replaced), List.copyOf(installed), List.copyOf(left), List.copyOf(kept));
  }

  private static boolean isPackaged(String subject, String name) {
    boolean made =
        name.equals(STARTUP)
            || name.equals("readme.txt")
            || (name.startsWith(LOCAL + "/")
                && (name.endsWith(".default") || name.endsWith(".sample")));
    return made && ChangeKind.KIT.mayReplace(subject, subject + "/" + name);
  }

  /** Returns what is moved as one: {@code startup}, or a file or folder one level deeper. */
  private static String entry(String path) {
    int end =
        path.startsWith(LOCAL + "/") ? path.indexOf('/', LOCAL.length() + 1) : path.indexOf('/');
    return end < 0 ? path : path.substring(0, end);
  }

  private static void requireFolders(Path kit) {
    for (String name : List.of(STARTUP, LOCAL)) {
      Path folder = kit.resolve(name);
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)
          && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw refuse(ErrorCode.BUILD_FAILED, folder.toString())
            .expected("a folder")
            .actual(Files.isSymbolicLink(folder) ? "a symbolic link" : "a file")
            .build();
      }
    }
  }

  /**
   * A signature covers the defaults in {@code local}: it would not fit the new ones, and a signed
   * kit takes no storage paths at its start.
   */
  private static void requireUnsigned(Path kit) {
    Path signature = kit.resolve(LOCAL).resolve("signature.json");
    if (Files.exists(signature, LinkOption.NOFOLLOW_LINKS)) {
      throw refuse(ErrorCode.KIT_SIGNED, signature.toString())
          .problem("this kit is signed, and packaging would make its signature invalid")
          .build();
    }
  }

  /** Only a builder gives such names, and a journal has no room for them. */
  private static void requireNames(String subject, List<String> installed) {
    for (String name : installed) {
      if (!ChangeKind.KIT.mayReplace(subject, subject + "/" + name)) {
        throw refuse(ErrorCode.BUILD_FAILED, "builder output")
            .expected("names of letters, digits, '.', '_', '@' and '-' in an existing kit's local/")
            .actual(name)
            .build();
      }
    }
  }

  private static List<String> names(Path folder, String prefix) throws IOException {
    List<String> names = new ArrayList<>();
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
        entries.forEach(entry -> names.add(prefix + entry.getFileName()));
      }
    }
    names.sort(null);
    return names;
  }
}
