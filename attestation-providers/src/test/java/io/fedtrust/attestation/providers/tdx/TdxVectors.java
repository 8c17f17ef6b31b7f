// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Real quotes and Intel's documents, read where they are; without them, tests are skipped. */
final class TdxVectors {
  static final List<String> NAMES =
      List.of(
          "v4-spr-e4",
          "v5-spr-td15-a",
          "v4-phala",
          "v4-phala-old-tcb",
          "v4-gcp-cos113",
          "v4-outofdate",
          "v4-emr-tdx03",
          "v4-debug-td",
          "v5-alibaba-td15",
          "v5-old-tcb-td15",
          "v4-oak");

  private static final Path FOLDER = Path.of(System.getProperty("fedtrust.vectors", "none"), "tdx");

  private TdxVectors() {}

  static void assume() {
    assumeTrue(Files.isDirectory(FOLDER), "the TDX vectors are not here");
  }

  static byte[] bytes(String name) {
    try {
      return Files.readAllBytes(FOLDER.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Evidence evidence(byte[] quote) {
    return Evidence.of(EvidenceForm.TDX_QUOTE, Base64.getEncoder().encodeToString(quote));
  }

  /** One real quote with everything that belongs to it. */
  record Vector(String name, Map<String, ?> expected) {
    static Vector of(String name) {
      try {
        return new Vector(name, StrictJson.read(bytes(name + "/expected.json"), 1 << 16));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    byte[] file(String file) {
      return bytes(name + "/" + file);
    }

    byte[] quote() {
      return file("quote.bin");
    }

    Evidence evidence() {
      return TdxVectors.evidence(quote());
    }

    @SuppressWarnings("unchecked")
    static Map<String, ?> map(Map<String, ?> holder, String field) {
      return (Map<String, ?>) holder.get(field);
    }

    Map<String, ?> fields() {
      return map(expected, "quoteFields");
    }

    Map<String, ?> pck() {
      return map(expected, "pck");
    }

    Map<String, ?> evaluation() {
      return map(map(expected, "expected"), "tcbEvaluation");
    }

    Instant time() {
      return Instant.parse((String) map(expected, "expected").get("verificationTime"));
    }

    String fmspc() {
      return (String) pck().get("fmspc");
    }

    List<CollateralItem> items() {
      byte[] signing = file("tcb_signing_chain.pem");
      return List.of(
          CollateralItem.of(TdxItems.TCB_INFO, fmspc(), file("tcb_info.json")),
          CollateralItem.of(TdxItems.TCB_INFO_ISSUER, fmspc(), signing),
          CollateralItem.of(TdxItems.QE_IDENTITY, "td", file("qe_identity.json")),
          CollateralItem.of(TdxItems.QE_IDENTITY_ISSUER, "td", signing),
          CollateralItem.of(TdxItems.PCK_CRL, "platform", file("pck_crl.der")),
          CollateralItem.of(TdxItems.ROOT_CRL, TdxItems.ROOT, file("root_ca_crl.der")));
    }

    Collateral collateral() {
      return Collateral.of(items());
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
