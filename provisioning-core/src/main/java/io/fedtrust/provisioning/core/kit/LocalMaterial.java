// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.DefinitionDocument;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.document.Recoding;
import io.fedtrust.provisioning.core.document.SiteDocument;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the request folder adds to a bundle: the private key and the full definition.
 *
 * @param folder the request folder
 * @param keyPem the key file, byte for byte
 * @param key the key in it
 * @param definition the participant's own definition
 */
public record LocalMaterial(
    Path folder, byte[] keyPem, PrivateKey key, ParticipantDefinition definition) {
  /** What is checked of a request folder against a bundle, in order. */
  public enum LocalCheck {
    METADATA("request.json of the folder is the approved request"),
    CHAIN("certificate was issued by the root"),
    VALIDITY("certificate and root are within their validity"),
    KEY("private key can be read"),
    KEY_MATCH("private key belongs to the certificate"),
    SITE("site.yaml of the folder is about the same participant and valid");

    private final String text;

    LocalCheck(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Reads and checks a request folder, in the peer's order. */
  public static LocalMaterial read(
      Path folder, VerifiedBundle bundle, EngineContext host, CheckProgress<LocalCheck> progress) {
    ApprovalMetadata approval = bundle.metadata();
    Path keyFile = folder.resolve(approval.name() + ".key");
    if (!Files.exists(keyFile, LinkOption.NOFOLLOW_LINKS)) {
      throw refuse(ErrorCode.KEY_NOT_FOUND, keyFile.toString()).problem("file not found").build();
    }
    requireSameRequest(folder, approval);
    progress.passed(LocalCheck.METADATA);
    bundle.requireChain();
    progress.passed(LocalCheck.CHAIN);
    bundle.requireValidity(host.now());
    progress.passed(LocalCheck.VALIDITY);
    byte[] keyPem = readKey(keyFile);
    PrivateKey key = decode(keyPem, keyFile, host);
    progress.passed(LocalCheck.KEY);
    if (!KeyFiles.belongs(key, bundle.leaf().publicKey())) {
      throw refuse(ErrorCode.KEY_CERT_MISMATCH, keyFile.toString())
          .problem("is not the key of the certificate")
          .build();
    }
    progress.passed(LocalCheck.KEY_MATCH);
    ParticipantDefinition definition = readDefinition(folder, approval);
    progress.passed(LocalCheck.SITE);
    return new LocalMaterial(folder, keyPem, key, definition);
  }

  private static void requireSameRequest(Path folder, ApprovalMetadata approval) {
    Path file = folder.resolve("request.json");
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw refuse(ErrorCode.REQUEST_METADATA_NOT_FOUND, file.toString())
          .problem("file not found")
          .build();
    }
    Map<String, Object> local = DocumentFiles.json(file, ErrorCode.REQUEST_METADATA_INVALID);
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("request_id", approval.requestId());
    expected.put("project", approval.project());
    expected.put("name", approval.name());
    expected.put("org", approval.org());
    expected.put("kind", approval.certType().kind().text());
    expected.put("cert_type", approval.certType().text());
    expected.put("cert_role", approval.certType().role().orElse(""));
    expected.put("public_key_sha256", approval.hashes().publicKey());
    expected.put("csr_sha256", approval.hashes().csr());
    expected.forEach(
        (key, value) -> {
          Object actual = local.get(key) == null ? "" : local.get(key);
          if (!actual.equals(value)) {
            throw refuse(ErrorCode.REQUEST_METADATA_MISMATCH, "request.json " + key)
                .expected(value + " as in signed.json")
                .actual(actual)
                .build();
          }
        });
  }

  private static byte[] readKey(Path keyFile) {
    try {
      return BoundedFiles.read(keyFile, BoundedFiles.DOCUMENT_BYTES);
    } catch (IOException e) {
      throw invalidKey(keyFile);
    }
  }

  private static PrivateKey decode(byte[] pem, Path keyFile, EngineContext host) {
    try {
      return KeyFiles.decode(pem, new char[0], host.jca());
    } catch (IOException | GeneralSecurityException e) {
      // No cause: a parser's message could quote the key.
      throw invalidKey(keyFile);
    }
  }

  private static RuntimeException invalidKey(Path keyFile) {
    return refuse(ErrorCode.KEY_INVALID, keyFile.toString())
        .malformed("an unencrypted RSA private key in PEM form")
        .build();
  }

  private static ParticipantDefinition readDefinition(Path folder, ApprovalMetadata approval) {
    Path file = folder.resolve("site.yaml");
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw refuse(ErrorCode.LOCAL_SITE_INVALID, file.toString())
          .problem("file not found")
          .exitStatus(1)
          .build();
    }
    Map<String, Object> document = DocumentFiles.yaml(file, ErrorCode.LOCAL_SITE_INVALID);
    boolean listener =
        Recoding.as(
            ErrorCode.LOCAL_SITE_INVALID, () -> DefinitionDocument.asksForListener(document));
    if (listener) {
      throw refuse(ErrorCode.LOCAL_SITE_UNSUPPORTED_FEATURE, "site.yaml listening_host")
          .problem("distributed provisioning makes no listeners")
          .build();
    }
    SiteDocument.Identity identity =
        Recoding.as(ErrorCode.LOCAL_SITE_INVALID, () -> SiteDocument.identity(document));
    requireSame("name", approval.name(), identity.name());
    requireSame("project", approval.project(), identity.project());
    requireSame("org", approval.org(), identity.org());
    requireSame("type", approval.certType().text(), identity.certType().text());
    return Recoding.as(ErrorCode.LOCAL_SITE_INVALID, () -> DefinitionDocument.read(document));
  }

  private static void requireSame(String field, String expected, String actual) {
    if (!expected.equals(actual)) {
      throw refuse(ErrorCode.LOCAL_SITE_MISMATCH, "site.yaml " + field)
          .expected(expected + " as in signed.json")
          .actual(actual)
          .build();
    }
  }

  @Override
  public String toString() {
    return "LocalMaterial[" + folder + ", key=<redacted>]";
  }
}
