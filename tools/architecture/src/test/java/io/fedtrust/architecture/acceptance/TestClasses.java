// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture.acceptance;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** The compiled tests of all modules. */
final class TestClasses implements AutoCloseable {
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

  private final List<Path> modules;
  private final URLClassLoader loader;

  private TestClasses(List<Path> modules) throws MalformedURLException {
    this.modules = modules;
    List<URL> folders = new ArrayList<>();
    for (Path module : modules) {
      folders.add(compiled(module).toUri().toURL());
      folders.add(module.resolve("target/classes").toUri().toURL());
    }
    this.loader = new OwnFirst(folders.toArray(URL[]::new));
  }

  /** Of all modules in the repository's {@code pom.xml} that have tests. */
  static TestClasses of(Path repository) throws IOException {
    return new TestClasses(
        MODULE
            .matcher(Files.readString(repository.resolve("pom.xml")))
            .results()
            .map(module -> repository.resolve(module.group(1)))
            .filter(module -> Files.isDirectory(module.resolve("src/test/java")))
            .toList());
  }

  /** The modules whose tests are not compiled, as when only some are built. */
  List<Path> notCompiled() {
    return modules.stream().filter(module -> !Files.isDirectory(compiled(module))).toList();
  }

  /** The folders of all compiled tests. */
  List<Path> folders() {
    return modules.stream().map(TestClasses::compiled).toList();
  }

  /** Why a method is no test that a build runs; empty if it is one. */
  Optional<String> fault(Proof.TestMethod proof) {
    String name = "io.fedtrust." + proof.type();
    long homes =
        Stream.of(name.replace('.', '/') + ".class")
            .flatMap(file -> folders().stream().map(folder -> folder.resolve(file)))
            .filter(Files::exists)
            .count();
    if (homes != 1) {
      return Optional.of(homes + " modules have such a class");
    }
    try {
      return fault(Class.forName(name, false, loader), proof.method());
    } catch (ClassNotFoundException | LinkageError e) {
      return Optional.of("cannot be loaded: " + e);
    }
  }

  private static Optional<String> fault(Class<?> type, String name) {
    List<Method> named =
        Stream.of(type.getDeclaredMethods())
            .filter(method -> method.getName().equals(name) && !method.isSynthetic())
            .toList();
    if (named.isEmpty()) {
      return Optional.of("no method has that name");
    }
    List<Method> tests =
        named.stream()
            .filter(method -> AnnotationSupport.isAnnotated(method, Testable.class))
            .toList();
    if (tests.size() != 1) {
      return Optional.of(tests.size() + " tests have that name");
    }
    Method method = tests.get(0);
    if (Modifier.isPrivate(method.getModifiers()) || Modifier.isAbstract(type.getModifiers())) {
      return Optional.of("is private, or of an abstract class");
    }
    if (isDisabled(method) || isDisabled(type)) {
      return Optional.of("is disabled");
    }
    // What the build looks for.
    return type.getSimpleName().endsWith("Test") && !type.isMemberClass()
        ? Optional.empty()
        : Optional.of("is in a class that the build does not run");
  }

  private static boolean isDisabled(AnnotatedElement element) {
    return AnnotationSupport.isAnnotated(element, Disabled.class)
        || AnnotationSupport.isAnnotated(element, net.jqwik.api.Disabled.class);
  }

  private static Path compiled(Path module) {
    return module.resolve("target/test-classes");
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }

  /** Tests and what they test are of one loader, since packages end where loaders do. */
  private static final class OwnFirst extends URLClassLoader {
    OwnFirst(URL[] folders) {
      super(folders, TestClasses.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        boolean own = findResource(name.replace('.', '/') + ".class") != null;
        if (!own || findLoadedClass(name) != null) {
          return super.loadClass(name, resolve);
        }
        return findClass(name);
      }
    }
  }
}
