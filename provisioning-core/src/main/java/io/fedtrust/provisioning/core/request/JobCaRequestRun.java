// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.request;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.JobCaRequest;
import io.fedtrust.provisioning.JobCaRequestBuilder;
import io.fedtrust.provisioning.core.archive.ZipWriter;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.JobCaRequestDocument;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.io.ChangeKind;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.JobCaFiles;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.JobCaChain;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.core.x509.KeyPairs;
import io.fedtrust.provisioning.core.x509.SigningRequest;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.NameRule;
import io.fedtrust.provisioning.model.RequestMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the companion request of a server: a second key pair, its CSR, the zip. */
public final class JobCaRequestRun implements JobCaRequestBuilder {
  private final RequestFolderFiles files;
  private final KeyPairs keyPairs;
  private final EngineContext host;
  private boolean force;

  /** Prepares the companion request of the server whose request folder this is. */
  public JobCaRequestRun(Path requestFolder, KeyPairs keyPairs, EngineContext host) {
    this.files = new RequestFolderFiles(requestFolder.toAbsolutePath().normalize(), host);
    this.keyPairs = keyPairs;
    this.host = host;
  }

  @Override
  public JobCaRequestBuilder force() {
    force = true;
    return this;
  }

  @Override
  public JobCaRequest write() {
    refuseExisting(server());
    try {
      return files.underLock(
          () -> {
            ServerFolder server = server();
            refuseExisting(server);
            return write(server);
          });
    } catch (IOException e) {
      throw EngineContext.notWritable(files.folder(), e);
    }
  }

  private ServerFolder server() {
    return ServerFolder.read(files.folder(), host.jca());
  }

  private void refuseExisting(ServerFolder server) {
    for (String file : JobCaFiles.ofRequest(server.request().name())) {
      if (!force && files.has(file)) {
        throw refuse(
                file.equals(JobCaFiles.KEY)
                    ? ErrorCode.KEY_ALREADY_EXISTS
                    : ErrorCode.CERT_ALREADY_EXISTS,
                files.folder().resolve(file).toString())
            .problem("already exists, from an earlier request for a job CA")
            .hint("Send the companion request there, or make a new one with force.")
            .build();
      }
    }
  }

  private JobCaRequest write(ServerFolder server) throws IOException {
    KeyPair keys;
    Companion companion;
    try {
      keys = keyPairs.next(Jca.KEY_BITS);
      companion = companion(server, keys);
    } catch (GeneralSecurityException e) {
      throw refuse(ErrorCode.CSR_GENERATION_FAILED, "key pair of the job CA")
          .problem(
              "an RSA-2048 key and signing request cannot be made: " + e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
    String name = server.request().name();
    String zip = JobCaFiles.requestZip(name);
    files.replace(
        ChangeKind.JOB_CA_REQUEST,
        name,
        force ? JobCaFiles.ofRequest(name) : List.of(),
        set ->
            set.install(JobCaFiles.CSR, companion.csr(), FileMode.PUBLIC_FILE)
                .install(zip, companion.zip(), FileMode.OWNER_FILE)
                .install(JobCaFiles.KEY, KeyFiles.encode(keys.getPrivate()), FileMode.OWNER_FILE));
    RequestMetadata metadata = companion.content().metadata();
    return new JobCaRequest(
        files.folder(),
        files.folder().resolve(zip),
        metadata.requestId(),
        metadata.project(),
        companion.content().server(),
        new KeyFingerprint(metadata.publicKeySha256()));
  }

  private record Companion(JobCaRequestDocument.Content content, byte[] csr, byte[] zip) {}

  private Companion companion(ServerFolder server, KeyPair keys)
      throws GeneralSecurityException, IOException {
    RequestMetadata asked = server.request();
    String name = JobCaChain.commonName(asked.project());
    if (!NameRule.PARTICIPANT.accepts(name)) {
      throw tooLong(asked.project());
    }
    byte[] csr =
        SigningRequest.create(name, asked.org(), JobCaRequestDocument.CSR_TYPE, keys, host.jca());
    JobCaRequestDocument.Content content =
        new JobCaRequestDocument.Content(
            new RequestMetadata(
                RequestIds.next(host.jca().random()),
                Timestamps.text(host.now()),
                asked.project(),
                name,
                asked.org(),
                CertType.JOB_CA,
                Jca.sha256(csr),
                Jca.sha256(keys.getPublic().getEncoded()),
                ""),
            new JobCaServer(
                asked.name(), asked.requestId(), new KeyFingerprint(asked.publicKeySha256())),
            server.csr().subjectPublicKeyInfo());
    byte[] json = Json.write(JobCaRequestDocument.write(content));
    byte[] signature = host.jca().signPkcs1(server.key(), JobCaRequestDocument.signedBytes(json));
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("request.json", json);
    members.put(
        "request.json.sig",
        Base64.getEncoder().encodeToString(signature).getBytes(StandardCharsets.US_ASCII));
    members.put(JobCaFiles.CSR, csr);
    return new Companion(content, csr, ZipWriter.write(members, host.now()));
  }

  private static ProvisioningException tooLong(String project) {
    return refuse(ErrorCode.INVALID_PROJECT_NAME, "project")
        .expected("a name of at most 57 characters: the job CA is named job_ca.<project>")
        .actual(project)
        .hint("A common name has at most 64 characters; this project can have no job CA.")
        .build();
  }
}
