// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.cose.CborMap;
import io.fedtrust.attestation.providers.cose.CoseSign1;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Microsoft's endorsement of a utility VM, in which container groups run: its measurement and its
 * security version (Confidential containers on Azure, UVM reference info). In JSON, or as CWT
 * claims beside the bare measurement.
 */
public final class UvmEndorsement {
  /** Largest document, in bytes. */
  public static final int MAX_BYTES = 64 << 10;

  /** Microsoft's own identity for container groups (Azure Container Instances). */
  public static final String MICROSOFT_ACI =
      "did:x509:0:sha256:I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s"
          + "::eku:1.3.6.1.4.1.311.76.59.1.2";

  /** Microsoft's name of its utility VMs for container groups. */
  public static final String CONTAINER_PLATFORM = "ContainerPlat-AMD-UVM";

  private static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "uvm.format",
          ReasonCode.EVIDENCE_MALFORMED,
          "Confidential containers on Azure, UVM reference info");
  private static final int MEASUREMENT_BYTES = 48;
  private static final int MAX_CERTIFICATES = 5;
  private static final long SHA256 = -16;
  private static final long SHA384 = -43;
  private static final Long PAYLOAD_HASH = 258L;
  private static final Long PREIMAGE_CONTENT_TYPE = 259L;
  private static final Pattern SVN = Pattern.compile("0|[1-9]\\d{0,8}");
  private static final int MAX_SVN = 999_999_999;
  private static final String SVN_CLAIM = "x-ms-sevsnpvm-guestsvn";

  private final CoseSign1 document;
  private final List<byte[]> chain;
  private final Statement statement;

  private UvmEndorsement(CoseSign1 document, List<byte[]> chain, Statement statement) {
    this.document = document;
    this.chain = List.copyOf(chain);
    this.statement = statement;
  }

  /**
   * The statement of an endorsement.
   *
   * @param issuer who says it, as {@code did:x509}
   * @param feed of which line of utility VMs
   * @param svn security version, from 0
   * @param measurement launch measurement, 96 lower-case hex digits
   * @param signedAt when, as the signer says
   */
  public record Statement(
      String issuer, String feed, int svn, String measurement, Optional<Instant> signedAt) {

    @Override
    public String toString() {
      return "feed "
          + feed
          + ", SVN "
          + svn
          + ", measurement "
          + measurement
          + ", signed "
          + signedAt.map(Instant::toString).orElse("at an unknown time")
          + ", issuer "
          + issuer;
    }
  }

  /**
   * Reads an endorsement. Nothing is verified.
   *
   * @param cose COSE_Sign1 in CBOR
   * @return the endorsement
   * @throws MalformedEvidenceException if it is none, or says a thing twice
   */
  public static UvmEndorsement parse(byte[] cose) throws MalformedEvidenceException {
    CoseSign1 document = CoseSign1.parse(KIND, cose, MAX_BYTES);
    CborMap header = document.header();
    List<byte[]> chain = header.byteStrings(CoseSign1.X5CHAIN, MAX_CERTIFICATES);
    if (chain.isEmpty()) {
      throw KIND.refused("a chain of certificates", "none");
    }
    if (header.has(CoseSign1.X5T)) {
      thumbprint(header.list(CoseSign1.X5T), chain.get(0));
    }
    boolean claims = header.has(CoseSign1.CWT_CLAIMS);
    if (claims && (header.has("iss") || header.has("feed"))) {
      throw KIND.refused("CWT claims or members of the header", "both");
    }
    return new UvmEndorsement(document, chain, claims ? ofClaims(document) : ofJson(document));
  }

  private static void thumbprint(List<?> digest, byte[] leaf) throws MalformedEvidenceException {
    boolean good =
        digest.size() == 2
            && digest.get(0) instanceof Long algorithm
            && algorithm == SHA256
            && digest.get(1) instanceof byte[] value
            && Arrays.equals(value, Digests.sha256Bytes(leaf));
    if (!good) {
      throw KIND.refused("SHA-256 of the first certificate in x5t", "another");
    }
  }

  private static Statement ofJson(CoseSign1 document) throws MalformedEvidenceException {
    CborMap header = document.header();
    if (!header.text(CoseSign1.CONTENT_TYPE).equals("application/json")) {
      throw KIND.refused("application/json", header.text(CoseSign1.CONTENT_TYPE));
    }
    JsonObject payload = JsonObject.read(KIND, document.payload(), MAX_BYTES);
    String measurement = payload.text("x-ms-sevsnpvm-launchmeasurement");
    if (!payload
        .hexText("x-ms-sevsnpvm-launchmeasurement", MEASUREMENT_BYTES)
        .equals(measurement)) {
      throw KIND.refused("a measurement in lower-case hex", "another spelling");
    }
    return new Statement(
        header.text("iss"),
        header.text("feed"),
        svn(payload),
        measurement,
        header.has("signingtime") ? Optional.of(header.seconds("signingtime")) : Optional.empty());
  }

  /** Written as text in older documents, and then also as a number; always compared as number. */
  private static int svn(JsonObject payload) throws MalformedEvidenceException {
    int svn =
        payload.members().get(SVN_CLAIM) instanceof String text
            ? svn(text)
            : payload.whole(SVN_CLAIM, MAX_SVN);
    if (payload.has(SVN_CLAIM + "-int") && payload.whole(SVN_CLAIM + "-int", MAX_SVN) != svn) {
      throw KIND.refused("one security version", "two");
    }
    return svn;
  }

  private static int svn(String text) throws MalformedEvidenceException {
    if (SVN.matcher(text).matches()) {
      return Integer.parseInt(text);
    }
    throw KIND.refused("a security version in decimal", text);
  }

  private static Statement ofClaims(CoseSign1 document) throws MalformedEvidenceException {
    CborMap header = document.header();
    CborMap claims = header.map(CoseSign1.CWT_CLAIMS);
    if (!header.text(PREIMAGE_CONTENT_TYPE).equals("application/octet-stream")
        || (header.has(PAYLOAD_HASH) && header.whole(PAYLOAD_HASH) != SHA384)) {
      throw KIND.refused("a bare measurement, SHA-384", "another payload");
    }
    if (document.payload().length != MEASUREMENT_BYTES) {
      throw KIND.refused(MEASUREMENT_BYTES + " bytes", document.payload().length);
    }
    long svn = claims.whole("svn");
    if (svn < 0 || svn > MAX_SVN) {
      throw KIND.refused("a security version from 0 to " + MAX_SVN, svn);
    }
    return new Statement(
        claims.text(1L),
        claims.text(2L),
        (int) svn,
        HexFormat.of().formatHex(document.payload()),
        Optional.of(claims.seconds(6L)));
  }

  /** {@return the statement; nothing about it is verified} */
  public Statement statement() {
    return statement;
  }

  /** {@return the certificates in DER, the signer's first} */
  public List<byte[]> chain() {
    return chain;
  }

  /**
   * Returns the algorithm of the signature.
   *
   * @return its number in COSE
   * @throws MalformedEvidenceException if the header names none
   */
  public long algorithm() throws MalformedEvidenceException {
    return document.header().whole(CoseSign1.ALGORITHM);
  }

  /**
   * Returns what is signed.
   *
   * @return the bytes, {@code Sig_structure}
   */
  public byte[] signed() {
    return document.signed().clone();
  }

  /** {@return the bytes of the signature} */
  public byte[] signature() {
    return document.signature().clone();
  }

  @Override
  public String toString() {
    return statement + ", " + chain.size() + " certificates";
  }
}
