// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.request;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.RequestBuilder;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.archive.ZipWriter;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.document.RequestDocument;
import io.fedtrust.provisioning.core.document.SiteDocument;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.io.ChangeKind;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.JobCaFiles;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.core.x509.KeyPairs;
import io.fedtrust.provisioning.core.x509.SigningRequest;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import io.fedtrust.provisioning.model.RequestMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes one request: key pair, CSR, documents, zip. */
public final class DefaultRequestBuilder implements RequestBuilder {
  private final ParticipantDefinition definition;
  private final KeyPairs keyPairs;
  private final EngineContext host;
  private boolean force;

  /** Prepares the request of a definition. */
  public DefaultRequestBuilder(
      ParticipantDefinition definition, KeyPairs keyPairs, EngineContext host) {
    this.definition = definition;
    this.keyPairs = keyPairs;
    this.host = host;
  }

  @Override
  public RequestBuilder force() {
    force = true;
    return this;
  }

  @Override
  public RequestFolder writeTo(Path requestFolder) {
    Path folder = requestFolder.toAbsolutePath().normalize();
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(folder)) {
      throw refuse(ErrorCode.INVALID_ARGS, folder.toString()).problem("is no folder").build();
    }
    RequestFolderFiles files = new RequestFolderFiles(folder, host);
    refuseExisting(files);
    if (definition.participant() instanceof Participant.Server server) {
      server.serverNames().warnings().forEach(host::warn);
    }
    try {
      host.output().createFolders(folder, FileMode.OWNER_FOLDER);
      return files.underLock(
          () -> {
            refuseExisting(files);
            return write(files);
          });
    } catch (IOException e) {
      throw EngineContext.notWritable(folder, e);
    }
  }

  private void refuseExisting(RequestFolderFiles files) {
    if (force) {
      return;
    }
    String name = definition.participant().name();
    List<String> requested =
        List.of(name + ".request.zip", name + ".key", name + ".csr", "request.json", "site.yaml");
    Stream.concat(requested.stream(), JobCaFiles.ofRequest(name).stream())
        .filter(files::has)
        .findFirst()
        .ifPresent(
            file -> {
              throw exists(files.folder().resolve(file));
            });
  }

  private static ProvisioningException exists(Path file) {
    boolean key = file.toString().endsWith(".key");
    return refuse(
            key ? ErrorCode.KEY_ALREADY_EXISTS : ErrorCode.CERT_ALREADY_EXISTS, file.toString())
        .problem("already exists, from an earlier request")
        .hint(
            "Name another folder, or make a new key and request with force: the old is backed up.")
        .build();
  }

  private RequestFolder write(RequestFolderFiles files) throws IOException {
    RequestFiles made =
        RequestFiles.make(definition, keyPairs, host, RequestIds.next(host.jca().random()));
    String name = definition.participant().name();
    files.replace(
        ChangeKind.REQUEST,
        name,
        force ? ofOldRequest(name) : List.of(),
        set ->
            set.install(name + ".csr", made.csr(), FileMode.PUBLIC_FILE)
                .install("request.json", made.json(), FileMode.OWNER_FILE)
                .install("site.yaml", made.site(), FileMode.PUBLIC_FILE)
                .install(name + ".request.zip", made.zip(), FileMode.OWNER_FILE)
                .install(name + ".key", made.key(), FileMode.OWNER_FILE));
    Path folder = files.folder();
    Optional<Path> audit =
        host.audit(
            store -> store.request(made.metadata().requestId(), made.auditRecord(folder, name)));
    return new RequestFolder(folder, folder.resolve(name + ".request.zip"), made.metadata(), audit);
  }

  /**
   * The key goes first. What was signed for or with the old key goes too, lest it lie beside the
   * new one: the certificate, and the companion request of a job CA.
   */
  private static List<String> ofOldRequest(String name) {
    return Stream.concat(
            Stream.of(
                name + ".key",
                name + ".csr",
                "request.json",
                "site.yaml",
                name + ".request.zip",
                name + ".crt",
                "signed.json",
                "rootCA.pem"),
            JobCaFiles.ofRequest(name).stream())
        .toList();
  }

  /** The five files of a request, in memory. */
  private record RequestFiles(
      RequestMetadata metadata,
      byte[] key,
      byte[] csr,
      byte[] json,
      byte[] site,
      byte[] siteCopy,
      byte[] zip) {

    static RequestFiles make(
        ParticipantDefinition definition, KeyPairs keyPairs, EngineContext host, String requestId)
        throws IOException {
      Participant participant = definition.participant();
      KeyPair keys;
      byte[] csr;
      try {
        keys = keyPairs.next(Jca.KEY_BITS);
        csr =
            SigningRequest.create(
                participant.name(),
                participant.org(),
                participant.certType().text(),
                keys,
                host.jca());
      } catch (GeneralSecurityException e) {
        throw refuse(ErrorCode.CSR_GENERATION_FAILED, "key pair")
            .problem(
                "an RSA-2048 key and signing request cannot be made: "
                    + e.getClass().getSimpleName())
            .cause(e)
            .build();
      }
      byte[] siteCopy = SiteDocument.write(SiteDocument.approvalCopy(definition.document()));
      RequestMetadata metadata =
          new RequestMetadata(
              requestId,
              Timestamps.text(host.now()),
              definition.project(),
              participant.name(),
              participant.org(),
              participant.certType(),
              Jca.sha256(csr),
              Jca.sha256(keys.getPublic().getEncoded()),
              Jca.sha256(siteCopy));
      byte[] json = Json.write(RequestDocument.write(metadata));
      Map<String, byte[]> members = new LinkedHashMap<>();
      members.put("request.json", json);
      members.put("site.yaml", siteCopy);
      members.put(participant.name() + ".csr", csr);
      return new RequestFiles(
          metadata,
          KeyFiles.encode(keys.getPrivate()),
          csr,
          json,
          SiteDocument.write(definition.document()),
          siteCopy,
          ZipWriter.write(members, host.now()));
    }

    Map<String, Object> auditRecord(Path folder, String name) {
      Map<String, Object> hashes = new LinkedHashMap<>();
      hashes.put("request_json_sha256", Jca.sha256(json));
      hashes.put("site_yaml_sha256", Jca.sha256(siteCopy));
      hashes.put("local_site_yaml_sha256", Jca.sha256(site));
      hashes.put("csr_sha256", metadata.csrSha256());
      hashes.put("request_zip_sha256", Jca.sha256(zip));
      hashes.put("public_key_sha256", metadata.publicKeySha256());
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("schema_version", "1");
      record.put("request", RequestDocument.write(metadata));
      record.put("request_dir", folder.toString());
      record.put("request_zip_path", folder.resolve(name + ".request.zip").toString());
      record.put("private_key_path", folder.resolve(name + ".key").toString());
      record.put("csr_path", folder.resolve(name + ".csr").toString());
      record.put("site_yaml_path", folder.resolve("site.yaml").toString());
      record.put("hashes", hashes);
      return record;
    }

    @Override
    public String toString() {
      return "RequestFiles[" + metadata.name() + ", key=<redacted>]";
    }
  }
}
