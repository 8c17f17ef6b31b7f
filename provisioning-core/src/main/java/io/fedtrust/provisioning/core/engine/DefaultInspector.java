// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.engine;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.Inspector;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.context.SetOnce;
import io.fedtrust.provisioning.core.io.JobCaFiles;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.Inspection;
import io.fedtrust.provisioning.model.Inspection.Kind;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;

/** One inspection: the same checks as use would make, noted instead of acted upon. */
final class DefaultInspector implements Inspector {
  private final Path path;
  private final EngineContext host;
  private final SetOnce<Path> caFolder = new SetOnce<>("CA folder");
  private final SetOnce<Path> profile = new SetOnce<>("profile");
  private final SetOnce<Path> requestFolder = new SetOnce<>("request folder");
  private final SetOnce<String> fingerprint = new SetOnce<>("fingerprint");
  private boolean allowGroup;

  DefaultInspector(Path path, EngineContext host) {
    this.path = path.toAbsolutePath().normalize();
    this.host = host;
  }

  @Override
  public Inspector caFolder(Path folder) {
    caFolder.set(folder);
    return this;
  }

  @Override
  public Inspector profile(Path file) {
    profile.set(file);
    return this;
  }

  @Override
  public Inspector requestFolder(Path folder) {
    requestFolder.set(folder);
    return this;
  }

  @Override
  public Inspector fingerprint(String text) {
    fingerprint.set(text);
    return this;
  }

  @Override
  public Inspector allowGroup() {
    allowGroup = true;
    return this;
  }

  @Override
  public Inspection inspect() {
    Kind kind = kind();
    InspectionSettings settings =
        new InspectionSettings(
            caFolder.get(), profile.get(), requestFolder.get(), fingerprint.get(), allowGroup);
    InspectionFacts facts = new InspectionFacts();
    InspectionChecks checks = new InspectionChecks();
    ZipInspection zip = new ZipInspection(path, host, settings, facts, checks);
    FolderInspection folder = new FolderInspection(path, host, settings, facts, checks);
    switch (kind) {
      case REQUEST_ZIP -> zip.requestZip();
      case SIGNED_ZIP -> zip.signedZip();
      case JOB_CA_REQUEST_ZIP -> zip.jobCaRequestZip();
      case JOB_CA_SIGNED_ZIP -> zip.jobCaSignedZip();
      case CA_FOLDER -> folder.ca();
      case REQUEST_FOLDER -> folder.requestFolder();
      case STARTUP_KIT -> folder.kit();
    }
    return new Inspection(kind, facts.all(), facts.sources(), checks.all());
  }

  private Kind kind() {
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      String name = path.toString().toLowerCase(Locale.ROOT);
      if (name.endsWith(".zip")) {
        boolean jobCa = JobCaFiles.isSignedZip(name) || JobCaFiles.isRequestZip(name);
        boolean signed = name.endsWith(".signed.zip");
        return jobCa
            ? signed ? Kind.JOB_CA_SIGNED_ZIP : Kind.JOB_CA_REQUEST_ZIP
            : signed ? Kind.SIGNED_ZIP : Kind.REQUEST_ZIP;
      }
    } else if (Files.isDirectory(path.resolve("startup"))) {
      return Kind.STARTUP_KIT;
    } else if (Files.exists(path.resolve("ca.json")) || Files.exists(path.resolve("rootCA.key"))) {
      return Kind.CA_FOLDER;
    } else if (Files.exists(path.resolve("request.json"))) {
      return Kind.REQUEST_FOLDER;
    } else if (host.interrupted(path).isPresent()) {
      return Kind.CA_FOLDER;
    }
    throw refuse(ErrorCode.INVALID_ARGS, path.toString())
        .problem(
            Files.exists(path)
                ? "is no request zip, signed zip, CA folder, request folder or startup kit"
                : "there is nothing at this path")
        .build();
  }
}
