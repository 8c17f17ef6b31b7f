// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import io.fedtrust.attestation.encoding.Hashes;
import io.fedtrust.attestation.encoding.LengthPrefixed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a piece of evidence is bound to: one challenge, one site, one process, one audience. Builds
 * the transcript (docs/protocol/bindings.md#transcript), and the bytes that are signed for an entry
 * (docs/protocol/bindings.md#signatures-of-an-entry).
 */
public final class Binding {
  /** Audience of a group round. */
  public static final String GROUP = "*group";

  /** Audience of a batch. */
  public static final String BATCH = "*batch";

  private static final int DIGEST_BYTES = 32;

  private final EvidenceForm form;
  private final byte[] transcript;

  private Binding(Builder parts) {
    this.form = Objects.requireNonNull(parts.form);
    this.transcript =
        new LengthPrefixed()
            .add("FLCC-BIND-1")
            .add(form.namespace().text())
            .add(form.text())
            .add(Objects.requireNonNull(parts.challenge).value())
            .add(Objects.requireNonNull(parts.project))
            .add(Objects.requireNonNull(parts.root))
            .add(Objects.requireNonNull(parts.site))
            .add(Objects.requireNonNull(parts.role))
            .add(Objects.requireNonNull(parts.siteKey))
            .add(Optional.ofNullable(parts.sessionKey))
            .add(Objects.requireNonNull(parts.audience))
            .addText(Optional.ofNullable(parts.job))
            .add(Optional.ofNullable(parts.devices))
            .bytes();
  }

  /**
   * Starts a binding.
   *
   * @param form of the evidence that will carry it
   * @return a builder; challenge, project, root, site, role, site key and audience are required
   */
  public static Builder forEvidence(EvidenceForm form) {
    return new Builder(form);
  }

  /** {@return the form of the evidence that carries this binding} */
  public EvidenceForm form() {
    return form;
  }

  /** {@return the transcript {@code T}, a copy} */
  public byte[] transcript() {
    return transcript.clone();
  }

  /**
   * {@return the hash of the transcript that the evidence carries
   * (docs/protocol/bindings.md#forms): SHA-512, 64 bytes, where the form has space for it, else
   * SHA-256, 32 bytes}
   */
  public byte[] hash() {
    return form.hashBytes() == DIGEST_BYTES ? Hashes.sha256(transcript) : Hashes.sha512(transcript);
  }

  /**
   * Returns what the site's key signs as {@code _cc_sig}.
   *
   * @param token as carried in {@code _cc_token}
   * @param endorsements the decoded bytes of {@code _cc_endorsements}, if there are any
   * @return the bytes to sign
   */
  public byte[] entrySignatureInput(String token, Optional<byte[]> endorsements) {
    return new LengthPrefixed()
        .add("FLCC-ENTRY-1")
        .add(Hashes.sha256(transcript))
        .add(Hashes.sha256(token.getBytes(StandardCharsets.UTF_8)))
        .add(endorsements.map(Hashes::sha256))
        .bytes();
  }

  /**
   * Returns what the session key signs as {@code _cc_session_sig}.
   *
   * @param token as carried in {@code _cc_token}
   * @return the bytes to sign
   */
  public byte[] sessionSignatureInput(String token) {
    return new LengthPrefixed()
        .add("FLCC-SESSION-1")
        .add(Hashes.sha256(transcript))
        .add(Hashes.sha256(token.getBytes(StandardCharsets.UTF_8)))
        .bytes();
  }

  /** Collects the parts of a binding; each may be set once. */
  public static final class Builder {
    private final EvidenceForm form;
    private @Nullable Challenge challenge;
    private @Nullable String project;
    private byte @Nullable [] root;
    private @Nullable String site;
    private @Nullable String role;
    private byte @Nullable [] siteKey;
    private byte @Nullable [] sessionKey;
    private @Nullable String audience;
    private @Nullable String job;
    private byte @Nullable [] devices;

    private Builder(EvidenceForm form) {
      this.form = Objects.requireNonNull(form, "form");
    }

    /**
     * Sets the challenge.
     *
     * @param value the challenge; of a batch the root of its tree
     * @return this builder
     */
    public Builder challenge(Challenge value) {
      this.challenge = once("challenge", this.challenge, value);
      return this;
    }

    /**
     * Sets the federation.
     *
     * @param name of the project
     * @param rootCertificate DER of the project's root certificate
     * @return this builder
     */
    public Builder project(String name, byte[] rootCertificate) {
      this.project = once("project", this.project, name);
      this.root = Hashes.sha256(rootCertificate);
      return this;
    }

    /**
     * Sets who is attested.
     *
     * @param name common name of the site's certificate
     * @param certifiedRole role text of that certificate
     * @param publicKey DER SubjectPublicKeyInfo of that certificate
     * @return this builder
     */
    public Builder site(String name, String certifiedRole, byte[] publicKey) {
      this.site = once("site", this.site, name);
      this.role = certifiedRole;
      this.siteKey = Hashes.sha256(publicKey);
      return this;
    }

    /**
     * Sets the key of the attested process.
     *
     * @param publicKey DER SubjectPublicKeyInfo of the session key
     * @return this builder
     */
    public Builder sessionKey(byte[] publicKey) {
      this.sessionKey = once("session key", this.sessionKey, Hashes.sha256(publicKey));
      return this;
    }

    /**
     * Sets the verifier.
     *
     * @param name common name of the verifier, {@link #GROUP} or {@link #BATCH}
     * @return this builder
     */
    public Builder audience(String name) {
      this.audience = once("audience", this.audience, name);
      return this;
    }

    /**
     * Sets the job it is for.
     *
     * @param id of the job
     * @return this builder
     */
    public Builder job(String id) {
      this.job = once("job", this.job, id);
      return this;
    }

    /**
     * Sets the digest over the device entries, in the binding of a CPU entry.
     *
     * @param digest of {@link CCToken#deviceDigest}, 32 bytes
     * @return this builder
     */
    public Builder devices(byte[] digest) {
      if (digest.length != DIGEST_BYTES) {
        throw new IllegalArgumentException("device digest: expected 32 bytes");
      }
      this.devices = once("device digest", this.devices, digest.clone());
      return this;
    }

    private static <T> T once(String what, @Nullable T before, T value) {
      if (before != null) {
        throw new IllegalStateException(what + " is already set");
      }
      return Objects.requireNonNull(value, what);
    }

    /**
     * Builds the binding.
     *
     * @return the binding
     * @throws IllegalStateException naming every part that is missing
     */
    public Binding build() {
      List<String> missing = new ArrayList<>();
      require(missing, "challenge", challenge);
      require(missing, "project", project);
      require(missing, "site", site);
      require(missing, "audience", audience);
      if (!missing.isEmpty()) {
        throw new IllegalStateException("required: " + String.join(", ", missing));
      }
      return new Binding(this);
    }

    private static void require(List<String> missing, String what, @Nullable Object value) {
      if (value == null) {
        missing.add(what);
      }
    }
  }
}
