// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.cbor.CBORGenerator;

/**
 * An endorsement of a utility VM before it is signed: a good one, of which a caller changes what it
 * wants. Values are text, {@code byte[]}, {@link Long}, lists and maps of these.
 */
public final class SimulatedEndorsement {
  private static final long PS384 = -38;
  private static final int MEASUREMENT_BYTES = 48;
  private static final int SVN = 104;
  private static final CBORFactory FACTORY = new CBORFactory();

  private final Map<Object, Object> header = new LinkedHashMap<>();
  private final Map<Object, Object> unprotected = new LinkedHashMap<>();
  private final String issuer;
  private final Instant at;
  private byte[] measurement = new byte[MEASUREMENT_BYTES];
  private String svn = "\"" + SVN + "\"";
  private byte[] payload = new byte[0];

  private SimulatedEndorsement(String issuer, List<byte[]> chain, Instant at) {
    this.issuer = issuer;
    this.at = at;
    header(1L, PS384).header(3L, "application/json").header(33L, chain);
    header("iss", issuer).header("feed", "ContainerPlat-AMD-UVM");
    header("signingtime", at.getEpochSecond());
  }

  static SimulatedEndorsement of(String issuer, List<byte[]> chain, Instant at) {
    return new SimulatedEndorsement(issuer, chain, at);
  }

  /**
   * Sets a member of the protected header.
   *
   * @param key text or {@link Long}
   * @param value of the member
   * @return this endorsement
   */
  public SimulatedEndorsement header(Object key, Object value) {
    header.put(key, value);
    return this;
  }

  /**
   * Sets a member of the header that is not signed.
   *
   * @param key text or {@link Long}
   * @param value of the member
   * @return this endorsement
   */
  public SimulatedEndorsement unprotected(Object key, Object value) {
    unprotected.put(key, value);
    return this;
  }

  /**
   * Leaves a member out of the protected header.
   *
   * @param key text or {@link Long}
   * @return this endorsement
   */
  public SimulatedEndorsement without(Object key) {
    header.remove(key);
    return this;
  }

  /**
   * Says what is endorsed.
   *
   * @param launched measurement, 48 bytes
   * @return this endorsement
   */
  public SimulatedEndorsement measurement(byte[] launched) {
    this.measurement = launched.clone();
    return this;
  }

  /**
   * Says how old it is.
   *
   * @param json the security version as JSON: a number, or text with one
   * @return this endorsement
   */
  public SimulatedEndorsement svn(String json) {
    this.svn = json;
    return this;
  }

  /**
   * Says something else altogether.
   *
   * @param bytes the payload
   * @return this endorsement
   */
  public SimulatedEndorsement payload(byte[] bytes) {
    this.payload = bytes.clone();
    return this;
  }

  /**
   * Says it in the newer way: CWT claims, and the bare measurement as payload.
   *
   * @param version security version
   * @return this endorsement
   */
  public SimulatedEndorsement asClaims(long version) {
    Map<Object, Object> claims = new LinkedHashMap<>();
    claims.put(1L, issuer);
    claims.put(2L, "ContainerPlat-AMD-UVM");
    claims.put(6L, at.getEpochSecond());
    claims.put("svn", version);
    without(3L).without("iss").without("feed").without("signingtime");
    return header(15L, claims)
        .header(258L, -43L)
        .header(259L, "application/octet-stream")
        .payload(measurement);
  }

  private byte[] said() {
    return payload.length > 0
        ? payload
        : ("{\"x-ms-sevsnpvm-launchmeasurement\":\""
                + HexFormat.of().formatHex(measurement)
                + "\",\"x-ms-sevsnpvm-guestsvn\":"
                + svn
                + "}")
            .getBytes(StandardCharsets.UTF_8);
  }

  /** Returns what is signed. */
  byte[] signed() {
    return cbor(List.of("Signature1", cbor(header), new byte[0], said()));
  }

  /** Returns the document. */
  byte[] document(byte[] signature) {
    byte[] parts = cbor(List.of(cbor(header), unprotected, said(), signature));
    byte[] tagged = new byte[parts.length + 1];
    tagged[0] = (byte) 0xD2;
    System.arraycopy(parts, 0, tagged, 1, parts.length);
    return tagged;
  }

  private static byte[] cbor(Object item) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (CBORGenerator generator =
        (CBORGenerator) FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
      put(generator, item);
    }
    return bytes.toByteArray();
  }

  private static void put(CBORGenerator generator, Object item) {
    if (item instanceof Map<?, ?> map) {
      generator.writeStartObject(map, map.size());
      map.forEach(
          (key, value) -> {
            if (key instanceof Long number) {
              generator.writePropertyId(number);
            } else {
              generator.writeName(String.valueOf(key));
            }
            put(generator, value);
          });
      generator.writeEndObject();
    } else if (item instanceof List<?> list) {
      generator.writeStartArray(list, list.size());
      list.forEach(element -> put(generator, element));
      generator.writeEndArray();
    } else if (item instanceof byte[] octets) {
      generator.writeBinary(octets);
    } else if (item instanceof Long number) {
      generator.writeNumber(number);
    } else {
      generator.writeString(String.valueOf(item));
    }
  }
}
