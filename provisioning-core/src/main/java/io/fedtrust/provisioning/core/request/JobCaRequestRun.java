// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.request;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.JobCaRequest;
import io.fedtrust.provisioning.JobCaRequestBuilder;
import io.fedtrust.provisioning.core.archive.ZipWriter;
import io.fedtrust.provisioning.core.document.JobCaRequestDocument;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.host.Host;
import io.fedtrust.provisioning.core.io.Backups;
import io.fedtrust.provisioning.core.io.ChangeKind;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.FileSet;
import io.fedtrust.provisioning.core.io.InterruptedChange;
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
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the companion request of a server: a second key pair, its CSR, the zip. */
public final class JobCaRequestRun implements JobCaRequestBuilder {
  private static final String KEY = "job_ca.key";
  private static final String CSR = "job_ca.csr";

  private final Path folder;
  private final KeyPairs keyPairs;
  private final Host host;
  private boolean force;

  /** Prepares the companion request of the server whose request folder this is. */
  public JobCaRequestRun(Path requestFolder, KeyPairs keyPairs, Host host) {
    this.folder = requestFolder.toAbsolutePath().normalize();
    this.keyPairs = keyPairs;
    this.host = host;
  }

  @Override
  public JobCaRequestBuilder force() {
    force = true;
    return this;
  }

  @Override
  @SuppressWarnings("try") // the lock is held, not used
  public JobCaRequest write() {
    refuseExisting(ServerFolder.read(folder, host.jca()));
    try (FileLocks.Held held = host.locks().now(folder, "request", "request folder " + folder)) {
      if (InterruptedChange.complete(host.interrupted(folder)).isPresent()) {
        host.warn("an interrupted command in " + folder + " was completed first");
      }
      ServerFolder server = ServerFolder.read(folder, host.jca());
      refuseExisting(server);
      return write(server);
    } catch (IOException e) {
      throw Host.notWritable(folder, e);
    }
  }

  private static String zipName(ServerFolder server) {
    return server.request().name() + ".jobca.request.zip";
  }

  private void refuseExisting(ServerFolder server) {
    for (String file : List.of(KEY, CSR, zipName(server))) {
      if (!force && Files.exists(folder.resolve(file), LinkOption.NOFOLLOW_LINKS)) {
        throw refuse(
                file.equals(KEY) ? ErrorCode.KEY_ALREADY_EXISTS : ErrorCode.CERT_ALREADY_EXISTS,
                folder.resolve(file).toString())
            .expected("no earlier request for a job CA in the folder")
            .actual("the file exists")
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
          .expected("an RSA-2048 key and signing request")
          .actual(e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
    FileSet set = host.change(ChangeKind.JOB_CA_REQUEST, server.request().name(), folder);
    try {
      if (force) {
        retireOld(server, set);
      }
      set.install(CSR, companion.csr(), FileMode.PUBLIC_FILE)
          .install(zipName(server), companion.zip(), FileMode.OWNER_FILE)
          .install(KEY, KeyFiles.encode(keys.getPrivate()), FileMode.OWNER_FILE);
      set.prepare();
    } catch (IOException | RuntimeException e) {
      set.abandon();
      throw e;
    }
    set.apply();
    RequestMetadata metadata = companion.content().metadata();
    return new JobCaRequest(
        folder,
        folder.resolve(zipName(server)),
        metadata.requestId(),
        metadata.project(),
        companion.content().server(),
        new KeyFingerprint(metadata.publicKeySha256()));
  }

  private void retireOld(ServerFolder server, FileSet set) throws IOException {
    List<String> old = List.of(KEY, CSR, zipName(server));
    if (old.stream()
        .anyMatch(file -> Files.exists(folder.resolve(file), LinkOption.NOFOLLOW_LINKS))) {
      Path backup = Backups.newFolder(host.output(), folder, host.now());
      for (String file : old) {
        set.retire(file, backup);
      }
    }
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
                CertType.SERVER,
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
    members.put(CSR, csr);
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
