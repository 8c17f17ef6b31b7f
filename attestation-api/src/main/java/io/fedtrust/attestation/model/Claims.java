// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import io.fedtrust.attestation.encoding.Hashes;
import io.fedtrust.attestation.encoding.LengthPrefixed;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What genuine evidence says, by name. The names of a family are in its documentation; two are
 * known to all: what was measured, and what the evidence was bound to.
 */
public final class Claims {
  private final EvidenceForm form;
  private final String measurement;
  private final byte[] boundData;
  private final Map<String, ClaimValue> values;
  private final List<String> replayKeys;
  private final Optional<Instant> replayEnd;

  private Claims(Builder parts) {
    this.form = parts.form;
    this.measurement = parts.measurement;
    this.boundData = parts.boundData.clone();
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(parts.values));
    this.replayKeys = List.copyOf(parts.replayKeys);
    this.replayEnd = parts.nonced ? Optional.empty() : parts.end;
  }

  /**
   * Starts the claims of a piece of evidence.
   *
   * @param form of the evidence
   * @param measurement what was launched, lower-case hex
   * @param boundData the bytes in which this form carries its binding
   * @return a builder
   */
  public static Builder of(EvidenceForm form, String measurement, byte[] boundData) {
    return new Builder(form, measurement, boundData);
  }

  /** {@return the form of the evidence} */
  public EvidenceForm form() {
    return form;
  }

  /** {@return what was launched, in lower-case hex} */
  public String measurement() {
    return measurement;
  }

  /** {@return what the evidence was bound to when it was made, a copy} */
  public byte[] boundData() {
    return boundData.clone();
  }

  /** {@return all claims in the order of the format, unmodifiable} */
  public Map<String, ClaimValue> values() {
    return values;
  }

  /**
   * Looks for a claim.
   *
   * @param name of the claim
   * @return its value, or empty where the evidence does not say
   */
  public Optional<ClaimValue> find(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /**
   * Looks for a claim of a type.
   *
   * @param name of the claim
   * @param type of its value
   * @param <T> of its value
   * @return its value, or empty where the evidence does not say or says it in another type
   */
  public <T extends ClaimValue> Optional<T> find(String name, Class<T> type) {
    @Nullable ClaimValue value = values.get(name);
    return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
  }

  /**
   * Tells whether the evidence carries a value.
   *
   * @param value what was given to the platform; zeros fill what is missing at its end
   * @return false also for one that the form has no space for
   */
  public boolean isBoundTo(byte[] value) {
    return value.length <= boundData.length
        && Arrays.equals(Arrays.copyOf(value, boundData.length), boundData);
  }

  /**
   * Returns what tells this evidence from every other, however it is written: one key for each part
   * that was signed, and one for the nonce, if there is one. Each is {@code
   * SHA-256(LP("FLCC-SEEN-1") LP("content" or "nonce") LP(namespace) LP(form) LP(SHA-256(what)))}
   * (docs/protocol/collateral.md#replay-keys).
   *
   * @return 64 lower-case hex digits each, without repetition; empty where the family names none
   */
  public List<String> replayKeys() {
    return replayKeys;
  }

  /**
   * Returns when no verifier accepts this evidence any longer, by its own word. Evidence with a
   * nonce has no such end: a service signs anew for old evidence, and then with a later one.
   *
   * @return the end, or empty
   */
  public Optional<Instant> replayEnd() {
    return replayEnd;
  }

  @Override
  public String toString() {
    return form + " claims " + values.keySet();
  }

  /** Collects claims. */
  public static final class Builder {
    private final EvidenceForm form;
    private final String measurement;
    private final byte[] boundData;
    private final Map<String, ClaimValue> values = new LinkedHashMap<>();
    private final LinkedHashSet<String> replayKeys = new LinkedHashSet<>();
    private Optional<Instant> end = Optional.empty();
    private boolean nonced;

    private Builder(EvidenceForm form, String measurement, byte[] boundData) {
      this.form = form;
      this.measurement = measurement;
      this.boundData = boundData;
    }

    /**
     * Adds a claim.
     *
     * @param name of the claim
     * @param value what the evidence says
     * @return this builder
     */
    public Builder put(String name, ClaimValue value) {
      if (values.put(name, value) != null) {
        throw new IllegalStateException(name + " is already claimed");
      }
      return this;
    }

    /**
     * Adds a claim if there is one.
     *
     * @param name of the claim
     * @param value what the evidence says, or empty
     * @return this builder
     */
    public Builder put(String name, Optional<? extends ClaimValue> value) {
      value.ifPresent(present -> put(name, present));
      return this;
    }

    /**
     * Says which bytes were signed, so that a replay is known by them and not by how it is written.
     *
     * @param signed without the signature, which may have several spellings
     * @return this builder
     */
    public Builder signedContent(byte[] signed) {
      replayKeys.add(replayKey("content", signed));
      return this;
    }

    /**
     * Says which nonce the evidence was made for. Nothing, and zeros alone, are none: nobody chose
     * them.
     *
     * @param nonce decoded
     * @return this builder
     */
    public Builder nonce(byte[] nonce) {
      for (byte each : nonce) {
        if (each != 0) {
          nonced = true;
          replayKeys.add(replayKey("nonce", nonce));
          break;
        }
      }
      return this;
    }

    /**
     * Says when the evidence ends by its own word.
     *
     * @param expiry as signed
     * @return this builder
     */
    public Builder expiresAt(Instant expiry) {
      end = Optional.of(expiry);
      return this;
    }

    private String replayKey(String kind, byte[] what) {
      return HexFormat.of()
          .formatHex(
              Hashes.sha256(
                  new LengthPrefixed()
                      .add("FLCC-SEEN-1")
                      .add(kind)
                      .add(form.namespace().text())
                      .add(form.text())
                      .add(Hashes.sha256(what))
                      .bytes()));
    }

    /**
     * Builds the claims.
     *
     * @return the claims
     */
    public Claims build() {
      return new Claims(this);
    }
  }
}
