// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Real reports and certificates, read where they are; without them, tests are skipped. */
final class Vectors {
  static final List<String> NAMES =
      List.of(
          "milan-v2-a",
          "milan-v2-b",
          "milan-v2-c",
          "milan-v3-azure-a",
          "milan-v3-azure-b",
          "milan-v3-oak",
          "milan-v4-gcp",
          "milan-v3-vlek-aws",
          "genoa-v3-azure",
          "genoa-v5-oak",
          "turin-v5-oak");
  static final List<String> LINES = List.of("Milan", "Genoa", "Turin");

  /** When all three revocation lists are current. */
  static final Instant WITH_LISTS = Instant.parse("2026-01-01T00:00:00Z");

  private static final Path FOLDER = Path.of(System.getProperty("fedtrust.vectors", "none"), "snp");

  private Vectors() {}

  static void assume() {
    assumeTrue(Files.isDirectory(FOLDER), "the SEV-SNP vectors are not here");
  }

  static byte[] bytes(String name) {
    try {
      return Files.readAllBytes(FOLDER.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One real report with everything that belongs to it. */
  record Vector(String name, Map<String, ?> expected) {
    static Vector of(String name) {
      try {
        return new Vector(name, StrictJson.read(bytes(name + "/expected.json"), 1 << 16));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    byte[] report() {
      return bytes(name + "/report.bin");
    }

    byte[] certificate() {
      return bytes(name + "/" + text("endorsementCert"));
    }

    String text(String field) {
      return (String) expected.get(field);
    }

    @SuppressWarnings("unchecked")
    Map<String, ?> map(String field) {
      return (Map<String, ?>) expected.get(field);
    }

    EndorsementKey key() {
      return EndorsementKey.valueOf(text("endorsementKey"));
    }

    String line() {
      return text("product");
    }

    Instant time() {
      return Instant.parse((String) map("expected").get("verificationTime"));
    }

    SnpReport parsed() {
      try {
        return SnpReport.parse(report());
      } catch (MalformedEvidenceException e) {
        throw new IllegalStateException(e);
      }
    }

    Evidence evidence() {
      return Vectors.evidence(report());
    }

    List<CollateralItem> items() {
      List<CollateralItem> items = new ArrayList<>(authorities());
      items.add(endorsement(certificate()));
      return items;
    }

    CollateralItem endorsement(byte[] der) {
      return key() == EndorsementKey.VCEK
          ? CollateralItem.of(SnpItems.VCEK, SnpItems.chip(parsed()), der)
          : CollateralItem.of(SnpItems.VLEK, "any", der);
    }

    Collateral collateral() {
      return Collateral.of(items());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Evidence evidence(byte[] report) {
    return Evidence.of(EvidenceForm.SNP_REPORT, Base64.getEncoder().encodeToString(report));
  }

  /** Chains and revocation lists of all product lines. */
  static List<CollateralItem> authorities() {
    List<CollateralItem> items = new ArrayList<>();
    for (String line : LINES) {
      String lower = line.toLowerCase(Locale.ROOT);
      for (String kind : List.of("vcek", "vlek")) {
        items.add(
            CollateralItem.of(
                SnpItems.CHAIN,
                kind + "-" + line,
                bytes("certs/cert_chain_" + lower + "_" + kind + ".pem")));
      }
      items.add(
          CollateralItem.of(SnpItems.CRL, "vcek-" + line, bytes("crl/" + lower + "_vcek.crl.der")));
    }
    return items;
  }
}
