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
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The arrows of the house: who may know whom. */
class ArrowsTest {
  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.fedtrust");

  @Test
  @DisplayName("the house was found at all")
  void houseIsThere() {
    assertThat(HOUSE.size()).isGreaterThan(100);
    assertThat(HOUSE.contain("io.fedtrust.provisioning.core.ca.CaCreation")).isTrue();
  }

  @Test
  @DisplayName("the two towers never touch")
  void towersNeverTouch() {
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.provisioning..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fedtrust.attestation..")
        .check(HOUSE);
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.attestation..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fedtrust.provisioning..")
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  @Test
  @DisplayName("the provisioning API knows the JDK and itself, nothing else")
  void apiKnowsTheJdkAlone() {
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
        .check(HOUSE);
  }

  @Test
  @DisplayName("the attestation API knows the JDK, the logging API and itself, nothing else")
  void attestationApiKnowsTheJdkAndLogging() {
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
        .check(HOUSE);
  }

  @Test
  @DisplayName("model knows nothing above it, policy knows model, services know both")
  void roomsOfTheAttestationApi() {
    arrow("io.fedtrust.attestation.error", "io.fedtrust.attestation");
    arrow("io.fedtrust.attestation.error", "io.fedtrust.attestation.policy");
    arrow("io.fedtrust.attestation.error", "io.fedtrust.attestation.spi");
    arrow("io.fedtrust.attestation.error", "io.fedtrust.attestation.engine..");
    arrow("io.fedtrust.attestation.model", "io.fedtrust.attestation");
    arrow("io.fedtrust.attestation.model", "io.fedtrust.attestation.policy");
    arrow("io.fedtrust.attestation.model", "io.fedtrust.attestation.spi");
    arrow("io.fedtrust.attestation.policy", "io.fedtrust.attestation.spi");
    arrow("io.fedtrust.attestation.policy", "io.fedtrust.attestation");
    arrow("io.fedtrust.attestation.spi", "io.fedtrust.attestation");
    arrow("io.fedtrust.attestation.model", "io.fedtrust.attestation.engine..");
    arrow("io.fedtrust.attestation.policy", "io.fedtrust.attestation.engine..");
    arrow("io.fedtrust.attestation.spi", "io.fedtrust.attestation.engine..");
    arrow("io.fedtrust.attestation.providers..", "io.fedtrust.attestation.engine..");
    arrow("io.fedtrust.attestation.engine", "io.fedtrust.attestation");
  }

  @Test
  @DisplayName("one room starts processes, with lists of arguments: no token is on a command line")
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
        .check(HOUSE);
  }

  @Test
  @DisplayName("attestation knows no source of randomness but SecureRandom")
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
        .check(HOUSE);
  }

  private static void arrow(String room, String notKnown) {
    noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(notKnown)
        .check(HOUSE);
  }

  /** A container group's report is one of SEV-SNP; a confidential VM stands on SEV-SNP or TDX. */
  private static boolean stands(String one, String other) {
    return one.equals("azure") && (other.equals("snp") || other.equals("tdx"));
  }

  private static final String PROVIDERS = "io.fedtrust.attestation.providers.";
  private static final String[] FAMILIES = {"snp", "tdx", "nvidia", "azure"};

  @Test
  @DisplayName("a family: format, collateral, verifier, collector, in this order; policy apart")
  void roomsOfAFamily() {
    for (String name : FAMILIES) {
      String family = PROVIDERS + name + ".";
      for (String upper : new String[] {"collateral", "verifier", "collector", "policy"}) {
        arrow(family + "format", family + upper);
      }
      for (String upper : new String[] {"verifier", "collector", "policy"}) {
        arrow(family + "collateral", family + upper);
      }
      arrow(family + "verifier", family + "collector");
      arrow(family + "verifier", family + "policy");
      arrow(family + "policy", family + "verifier");
      for (String shared :
          new String[] {
            "support", "policy", "wire", "collateral", "fetch", "jws", "cose", "channel", "command"
          }) {
        arrow(PROVIDERS + shared, family + ".");
      }
    }
    for (String one : FAMILIES) {
      arrow(PROVIDERS + "eventlog", PROVIDERS + one + "..");
      for (String other : FAMILIES) {
        if (!one.equals(other) && !stands(one, other)) {
          arrow(PROVIDERS + one + "..", PROVIDERS + other + "..");
        }
      }
    }
    for (String lower : new String[] {"format", "collateral", "verifier", "collector", "policy"}) {
      arrow(PROVIDERS + "tdx." + lower, PROVIDERS + "tdx.ita");
      arrow(PROVIDERS + "nvidia." + lower, PROVIDERS + "nvidia.nras");
      arrow(PROVIDERS + "azure." + lower, PROVIDERS + "azure.maa");
    }
    arrow(PROVIDERS + "jws", PROVIDERS + "fetch");
    slices()
        .matching("io.fedtrust.attestation.providers.(**)")
        .should()
        .beFreeOfCycles()
        .check(HOUSE);
  }

  @Test
  @DisplayName("one room asks the network, one knows the library for JWS, one that for CBOR")
  void edges() {
    alone("java.net.http", PROVIDERS + "fetch");
    alone("com.nimbusds..", PROVIDERS + "jws");
    alone("tools.jackson.dataformat..", PROVIDERS + "cose");
  }

  private static void alone(String library, String room) {
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.attestation..")
        .and()
        .resideOutsideOfPackages(room, "io.fedtrust.attestation.simulated..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(HOUSE);
  }

  @Test
  @DisplayName("nothing in production knows the simulated platform")
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
        .check(HOUSE);
  }

  @Test
  @DisplayName("error knows nothing of the house; model knows error alone")
  void lowerRooms() {
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
        .check(HOUSE);
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.provisioning.model")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fedtrust.provisioning",
            "io.fedtrust.provisioning.spi",
            "io.fedtrust.provisioning.core..")
        .check(HOUSE);
  }

  @Test
  @DisplayName("the one circle allowed: the verbs and the engine interface")
  void onlyTheEngineInterfaceKnowsTheVerbs() {
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.provisioning.spi")
        .and()
        .doNotHaveSimpleName("ProvisioningEngine")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fedtrust.provisioning")
        .check(HOUSE);
  }

  @Test
  @DisplayName("no circles between the rooms of the core")
  void noCircles() {
    slices().matching("io.fedtrust.provisioning.core.(*)..").should().beFreeOfCycles().check(HOUSE);
  }

  @Test
  @DisplayName("the program knows the commands, and commands know what all commands share")
  void commandLine() {
    slices().matching("io.fedtrust.cli.(**)").should().beFreeOfCycles().check(HOUSE);
    arrow("io.fedtrust.cli", "io.fedtrust.cli.*..");
    assertThat(HOUSE.contain("io.fedtrust.cli.program.Main")).isTrue();
    for (String commands : new String[] {"cert", "attest", "demonstration"}) {
      arrow("io.fedtrust.cli." + commands + "..", "io.fedtrust.cli.program..");
    }
    arrow("io.fedtrust.cli.cert..", "io.fedtrust.cli.attest..");
    arrow("io.fedtrust.cli.attest..", "io.fedtrust.cli.cert..");
    arrow("io.fedtrust.cli.attest.forms..", "io.fedtrust.cli.attest");
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
        .check(HOUSE);
  }

  @Test
  @DisplayName(
      "the program that holds the CA key knows no demonstration and opens no server socket")
  void demonstrationsAreApart() {
    assertThat(HOUSE.contain("io.fedtrust.demo.Main")).isTrue();
    arrow("io.fedtrust.federation..", "io.fedtrust.cli..");
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
        .check(HOUSE);
  }

  @Test
  @DisplayName("everything that writes goes through the file output")
  void oneOutput() {
    noClasses()
        .that()
        .resideInAPackage("io.fedtrust.provisioning.core..")
        .and()
        .resideOutsideOfPackage("io.fedtrust.provisioning.core.io")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "java.nio.file.Files is asked to change something",
                call ->
                    call.getTargetOwner().isEquivalentTo(Files.class)
                        && call.getName()
                            .matches(
                                "(write|copy|move|delete|create|set|newOutput|newBufferedW).*")))
        .check(HOUSE);
  }

  @Test
  @DisplayName("no clock, no randomness and no provider is taken from the air")
  void injectedSurroundings() {
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
        .check(HOUSE);
  }
}
