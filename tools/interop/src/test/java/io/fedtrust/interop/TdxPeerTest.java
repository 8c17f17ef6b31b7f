// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import io.fedtrust.attestation.providers.tdx.format.TcbStatus;
import io.fedtrust.attestation.providers.tdx.format.TrailingBytes;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The real TDX quotes through google/go-tdx-guest and through ours: the same answer, or a
 * difference that is explained. Skipped where there is no Go, or no way to its modules.
 */
class TdxPeerTest {
  private static final Path PROGRAM = Path.of("go-tdx").toAbsolutePath();
  private static final Path VECTORS =
      Path.of(System.getProperty("fedtrust.vectors", "none"), "tdx");

  /** What the peer's released version refuses although it is good, and why. */
  private static final Map<String, String> EXPLAINED =
      Map.of(
          // Hex is compared as text: Intel writes the FMSPC in either case.
          "v4-emr-tdx03", "FMSPC from PCK Certificate",
          "v4-oak", "FMSPC from PCK Certificate",
          "v4-phala", "FMSPC from PCK Certificate",
          "v4-phala-old-tcb", "FMSPC from PCK Certificate",
          // Version 5 came after the release.
          "v5-alibaba-td15", "quote format not supported",
          "v5-old-tcb-td15", "quote format not supported",
          "v5-spr-td15-a", "quote format not supported");

  @Test
  @DisplayName("go-tdx-guest gives the same answers, or the difference is explained")
  void sameAnswers() throws IOException {
    assumeTrue(Files.isDirectory(VECTORS), "the TDX vectors are not here");
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "go"))),
        "Go is not here");
    Path home = Path.of(System.getProperty("user.home"));
    assumeTrue(hasModules(home), "Go's modules cannot be had");
    Command.Answer answer =
        Command.run(PROGRAM, home, List.of("go", "run", ".", VECTORS.toString())).succeeded();
    Map<String, String> theirs = new LinkedHashMap<>();
    answer
        .output()
        .lines()
        .filter(line -> line.contains("\t"))
        .forEach(line -> theirs.put(line.split("\t", -1)[0], line.split("\t", -1)[1]));
    assertThat(theirs).hasSize(11);
    for (Map.Entry<String, String> their : theirs.entrySet()) {
      String name = their.getKey();
      if (EXPLAINED.containsKey(name)) {
        assertThat(their.getValue()).as(name).contains(EXPLAINED.get(name));
      } else {
        // The peer accepts platforms that are up to date and no others.
        assertThat(their.getValue().equals("ok")).as(name).isEqualTo(isUpToDate(name));
      }
    }
  }

  /** A way to them that leads nowhere is none. */
  private static boolean hasModules(Path home) {
    try {
      return Command.run(PROGRAM, home, List.of("go", "mod", "download")).exit() == 0;
    } catch (AssertionError tooLong) {
      return false;
    }
  }

  private static boolean isUpToDate(String name) throws IOException {
    Path folder = VECTORS.resolve(name);
    String expected = Files.readString(folder.resolve("expected.json"));
    byte[] signer = Files.readAllBytes(folder.resolve("tcb_signing_chain.pem"));
    String fmspc = text(expected, "fmspc");
    EvidenceVerification result =
        TdxVerifier.builder()
            .trailing(TrailingBytes.IGNORED)
            .build()
            .verify(
                Evidence.of(
                    EvidenceForm.TDX_QUOTE,
                    Base64.getEncoder()
                        .encodeToString(Files.readAllBytes(folder.resolve("quote.bin")))),
                Collateral.of(
                    List.of(
                        item(TdxItems.TCB_INFO, fmspc, folder.resolve("tcb_info.json")),
                        CollateralItem.of(TdxItems.TCB_INFO_ISSUER, fmspc, signer),
                        item(TdxItems.QE_IDENTITY, "td", folder.resolve("qe_identity.json")),
                        CollateralItem.of(TdxItems.QE_IDENTITY_ISSUER, "td", signer),
                        item(TdxItems.PCK_CRL, "platform", folder.resolve("pck_crl.der")),
                        item(TdxItems.ROOT_CRL, TdxItems.ROOT, folder.resolve("root_ca_crl.der")))),
                Instant.parse(text(expected, "verificationTime")));
    return result instanceof EvidenceVerification.Genuine genuine
        && genuine
            .claims()
            .find("tcb-status")
            .orElseThrow()
            .text()
            .equals(TcbStatus.UP_TO_DATE.text());
  }

  private static CollateralItem item(String kind, String subject, Path file) throws IOException {
    return CollateralItem.of(kind, subject, Files.readAllBytes(file));
  }

  private static String text(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\": \"([^\"]*)\"").matcher(json);
    assertThat(found.find()).as(name).isTrue();
    return found.group(1);
  }
}
