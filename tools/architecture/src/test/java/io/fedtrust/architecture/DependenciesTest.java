// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The dependencies that packages and classes may have. */
class DependenciesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.fedtrust");

  @Test
  @DisplayName("the classes of the project were found")
  void classesWereFound() {
    assertThat(CLASSES.size()).isGreaterThan(100);
    assertThat(CLASSES.contain("io.fedtrust.provisioning.core.ca.CaCreation")).isTrue();
  }

  @Test
  @DisplayName("provisioning and attestation do not depend on each other")
  void halvesAreIndependent() {
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.provisioning..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fedtrust.attestation..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.attestation..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fedtrust.provisioning..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  @DisplayName("the provisioning API depends on the JDK only")
  void provisioningApiDependsOnTheJdkOnly() {
    classes()
        .that()
        .resideInAPackage("io.fedtrust.provisioning..")
        .and()
        .resideOutsideOfPackage("io.fedtrust.provisioning.core..")
        .should()
        .onlyDependOnClassesThat(
            resideInAPackage("java..")
                .or(resideInAPackage("javax.."))
                .or(resideInAPackage("org.jspecify.."))
                .or(
                    resideInAPackage("io.fedtrust.provisioning..")
                        .and(
                            DescribedPredicate.not(
                                resideInAPackage("io.fedtrust.provisioning.core..")))))
        .check(CLASSES);
  }

  @Test
  @DisplayName("the attestation API depends on the JDK and the logging API only")
  void attestationApiDependsOnTheJdkAndLoggingOnly() {
    classes()
        .that()
        .resideInAPackage("io.fedtrust.attestation..")
        .and()
        .resideOutsideOfPackages(
            "io.fedtrust.attestation.providers..", "io.fedtrust.attestation.simulated..")
        .should()
        .onlyDependOnClassesThat(
            resideInAPackage("java..")
                .or(resideInAPackage("javax.."))
                .or(resideInAPackage("org.jspecify.."))
                .or(resideInAPackage("org.slf4j.."))
                .or(
                    resideInAPackage("io.fedtrust.attestation..")
                        .and(
                            DescribedPredicate.not(
                                resideInAPackage("io.fedtrust.attestation.providers..")))))
        .check(CLASSES);
  }

  private static final String ATTESTATION = "io.fedtrust.attestation";

  /** Packages of the attestation API, each followed by all that it may know. */
  private static final Map<String, Set<String>> ATTESTATION_API =
      Map.of(
          "encoding", Set.of(),
          "model", Set.of("encoding"),
          "error", Set.of("model"),
          "policy", Set.of("model"),
          "spi", Set.of("error", "model", "policy"),
          "job", Set.of("error", "model"),
          "event", Set.of("model", "policy", "job"),
          "protocol", Set.of("encoding", "model", "job"),
          "engine",
              Set.of("encoding", "model", "error", "policy", "spi", "job", "event", "protocol"));

  @Test
  @DisplayName("each package of the attestation API knows the packages of its list, no other")
  void packagesOfTheAttestationApi() {
    ATTESTATION_API.forEach(
        (name, known) -> {
          independent(ATTESTATION + "." + name, ATTESTATION);
          ATTESTATION_API.keySet().stream()
              .filter(other -> !other.equals(name) && !known.contains(other))
              .forEach(
                  other -> independent(ATTESTATION + "." + name, ATTESTATION + "." + other + ".."));
        });
  }

  @Test
  @DisplayName("the families of evidence know neither engine nor protocol")
  void familiesDoNotKnowTheEngine() {
    for (String hidden : new String[] {"engine", "protocol", "encoding"}) {
      independent(ATTESTATION + ".providers..", ATTESTATION + "." + hidden + "..");
    }
  }

  @Test
  @DisplayName("only one package starts processes, so no token is on a command line")
  void noProcesses() {
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.attestation..")
        .and()
        .resideOutsideOfPackage("io.fedtrust.attestation.providers.command")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ProcessBuilder.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Process.class)
        .check(CLASSES);
  }

  @Test
  @DisplayName("attestation uses no source of randomness except SecureRandom")
  void oneRandomness() {
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.attestation..")
        .should()
        .dependOnClassesThat(belongToAnyOf(ThreadLocalRandom.class, SplittableRandom.class))
        .orShould()
        .callConstructor(Random.class)
        .orShould()
        .callMethod(Math.class, "random")
        .check(CLASSES);
  }

  private static void independent(String packages, String others) {
    assertThat(CLASSES.that(resideInAPackage(others))).as(others).isNotEmpty();
    noClasses()
        .that()
        .resideInAPackage(packages)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(others)
        .check(CLASSES);
  }

  /** A container group's report is one of SEV-SNP; a confidential VM uses SEV-SNP or TDX. */
  private static boolean uses(String one, String other) {
    return one.equals("azure") && (other.equals("snp") || other.equals("tdx"));
  }

  private static final String PROVIDERS = "io.fedtrust.attestation.providers.";
  private static final String[] FAMILIES = {"snp", "tdx", "nvidia", "azure"};

  /** What verifiers share; each depends only on those before it. */
  private static final String[] SHARED_BY_VERIFIERS = {"codec", "checks", "pki", "token"};

  @Test
  @DisplayName("in a family: format, collateral, verifier, collector, in this order; policy apart")
  void packagesOfAFamily() {
    for (String name : FAMILIES) {
      String family = PROVIDERS + name + ".";
      for (String upper : new String[] {"collateral", "verifier", "collector", "policy"}) {
        independent(family + "format", family + upper);
      }
      for (String upper : new String[] {"verifier", "collector", "policy"}) {
        independent(family + "collateral", family + upper);
      }
      independent(family + "verifier", family + "collector");
      independent(family + "verifier", family + "policy");
      independent(family + "policy", family + "verifier");
      for (String part : new String[] {"format", "collateral", "verifier", "collector", "policy"}) {
        independent(family + part, PROVIDERS + "family");
        independent(family + part, PROVIDERS + name);
      }
      for (String shared :
          new String[] {
            "codec",
            "checks",
            "pki",
            "token",
            "policy",
            "family",
            "wire",
            "collateral",
            "collector",
            "fetch",
            "jws",
            "cose",
            "command"
          }) {
        independent(PROVIDERS + shared, family + ".");
      }
    }
    for (String one : FAMILIES) {
      independent(PROVIDERS + "eventlog", PROVIDERS + one + "..");
      for (String other : FAMILIES) {
        if (!one.equals(other) && !uses(one, other)) {
          independent(PROVIDERS + one + "..", PROVIDERS + other + "..");
        }
      }
    }
    for (String lower : new String[] {"format", "collateral", "verifier", "collector", "policy"}) {
      independent(PROVIDERS + "tdx." + lower, PROVIDERS + "tdx.ita");
      independent(PROVIDERS + "nvidia." + lower, PROVIDERS + "nvidia.nras");
      independent(PROVIDERS + "azure." + lower, PROVIDERS + "azure.maa");
    }
    for (String upper : new String[] {"collateral", "verifier", "collector", "policy", "nras"}) {
      independent(PROVIDERS + "nvidia.pki", PROVIDERS + "nvidia." + upper);
    }
    slices()
        .matching("io.fedtrust.attestation.providers.(**)")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  @DisplayName("codec, checks, pki and token depend in this order; jws and fetch are below token")
  void packagesSharedByVerifiers() {
    for (int lower = 0; lower < SHARED_BY_VERIFIERS.length; lower++) {
      for (int upper = lower + 1; upper < SHARED_BY_VERIFIERS.length; upper++) {
        independent(PROVIDERS + SHARED_BY_VERIFIERS[lower], PROVIDERS + SHARED_BY_VERIFIERS[upper]);
      }
    }
    independent(PROVIDERS + "jws", PROVIDERS + "token");
    independent(PROVIDERS + "jws", PROVIDERS + "fetch");
    independent(PROVIDERS + "fetch", PROVIDERS + "token");
    independent(PROVIDERS + "fetch", PROVIDERS + "jws");
    for (String verifying : new String[] {"checks", "pki", "token", "jws", "fetch"}) {
      independent(PROVIDERS + "collector", PROVIDERS + verifying);
      independent(PROVIDERS + verifying, PROVIDERS + "collector");
    }
  }

  @Test
  @DisplayName("one package uses HTTP, one the library for JWS, one the library for CBOR")
  void onePackageForEachLibrary() {
    onlyIn("java.net.http", PROVIDERS + "fetch");
    onlyIn("com.nimbusds..", PROVIDERS + "jws");
    onlyIn("tools.jackson.dataformat..", PROVIDERS + "cose");
  }

  private static void onlyIn(String library, String user) {
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.attestation..")
        .and()
        .resideOutsideOfPackages(user, "io.fedtrust.attestation.simulated..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CLASSES);
  }

  @Test
  @DisplayName("no class of production depends on the simulated platforms")
  void simulationIsApart() {
    noClasses()
        .that()
        .resideInAnyPackage("io.fedtrust.attestation..", "io.fedtrust.provisioning..")
        .and()
        .resideOutsideOfPackage("io.fedtrust.attestation.simulated..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fedtrust.attestation.simulated..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  @DisplayName("error depends on no other package of the project; model only on error")
  void lowerPackages() {
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.provisioning.error")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fedtrust.provisioning",
            "io.fedtrust.provisioning.model",
            "io.fedtrust.provisioning.spi",
            "io.fedtrust.provisioning.core..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.provisioning.model")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fedtrust.provisioning",
            "io.fedtrust.provisioning.spi",
            "io.fedtrust.provisioning.core..")
        .check(CLASSES);
  }

  @Test
  @DisplayName("the only cycle allowed is between the entry points and the engine interface")
  void onlyTheEngineInterfaceDependsOnTheEntryPoints() {
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.provisioning.spi")
        .and()
        .doNotHaveSimpleName("ProvisioningEngine")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fedtrust.provisioning")
        .check(CLASSES);
  }

  @Test
  @DisplayName("no cycles between the packages of the core")
  void noCycles() {
    slices()
        .matching("io.fedtrust.provisioning.core.(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  @DisplayName("the program knows the commands, and commands know what all commands share")
  void commandLine() {
    slices().matching("io.fedtrust.cli.(**)").should().beFreeOfCycles().check(CLASSES);
    independent("io.fedtrust.cli", "io.fedtrust.cli.*..");
    assertThat(CLASSES.contain("io.fedtrust.cli.program.Main")).isTrue();
    for (String commands : new String[] {"cert", "attest", "demonstration"}) {
      independent("io.fedtrust.cli." + commands + "..", "io.fedtrust.cli.program..");
    }
    independent("io.fedtrust.cli.cert..", "io.fedtrust.cli.attest..");
    independent("io.fedtrust.cli.attest..", "io.fedtrust.cli.cert..");
    independent("io.fedtrust.cli.attest.forms..", "io.fedtrust.cli.attest");
  }

  @Test
  @DisplayName("the tools use what is exported")
  void toolsUseWhatIsExported() {
    noClasses()
        .that()
        .resideInAnyPackage("io.fedtrust.cli..", "io.fedtrust.demo..", "io.fedtrust.federation..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fedtrust.provisioning.core.*..")
        .check(CLASSES);
    Set<String> exported =
        Stream.of("attestation-api", "attestation-providers")
            .flatMap(DependenciesTest::exports)
            .collect(Collectors.toSet());
    assertThat(exported).contains("io.fedtrust.attestation", PROVIDERS + "family");
    noClasses()
        .that()
        .resideInAnyPackage("io.fedtrust.cli..", "io.fedtrust.demo..", "io.fedtrust.federation..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.fedtrust.attestation..")
                .and(
                    DescribedPredicate.not(resideInAPackage("io.fedtrust.attestation.simulated..")))
                .and(
                    DescribedPredicate.describe(
                        "in a package that is not exported",
                        type -> !exported.contains(type.getPackageName()))))
        .check(CLASSES);
  }

  private static Stream<String> exports(String module) {
    Path source = Path.of("../..", module, "src/main/java/module-info.java");
    try {
      return Pattern.compile("exports ([\\w.]+);")
          .matcher(Files.readString(source))
          .results()
          .map(found -> found.group(1))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName(
      "the program that holds the CA key contains no demonstration and opens no server socket")
  void demonstrationsAreApart() {
    assertThat(CLASSES.contain("io.fedtrust.demo.Main")).isTrue();
    independent("io.fedtrust.federation..", "io.fedtrust.cli..");
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fedtrust.demo..",
            "io.fedtrust.federation..",
            "io.fedtrust.attestation.simulated..",
            "org.eclipse.jetty..",
            "com.sun.net.httpserver..")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(ServerSocket.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(ServerSocketChannel.class)
        .orShould()
        .callMethodWhere(
            DescribedPredicate.describe(
                "a socket listens", call -> call.getName().equals("listen")))
        .check(CLASSES);
  }

  @Test
  @DisplayName("all files are written by the file output")
  void oneOutput() {
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.provisioning.core..")
        .and()
        .resideOutsideOfPackage("io.fedtrust.provisioning.core.io")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "java.nio.file.Files changes something",
                call ->
                    call.getTargetOwner().isEquivalentTo(Files.class)
                        && call.getName()
                            .matches(
                                "(write|copy|move|delete|create|set|newOutput|newBufferedW).*")))
        .check(CLASSES);
  }

  @Test
  @DisplayName("clock and security providers are passed in")
  void injectedEnvironment() {
    noClasses()
        .that()
        .resideInAnyPackage("io.fedtrust.provisioning.core..", "io.fedtrust.attestation..")
        .should()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(java.time.Clock.class, "systemDefaultZone")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.security.Security.class, "addProvider", java.security.Provider.class)
        .check(CLASSES);
  }
}
