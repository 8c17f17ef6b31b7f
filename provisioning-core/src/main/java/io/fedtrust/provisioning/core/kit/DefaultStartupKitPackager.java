// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.StartupKitPackager;
import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.context.SetOnce;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileStatus;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Packages one kit: verify, render, stage, put in place, then complete the request folder. */
public final class DefaultStartupKitPackager implements StartupKitPackager {
  private final VerifiedBundle bundle;
  private final EngineContext host;
  private final SetOnce<Path> requestFolder = new SetOnce<>("request folder");
  private final SetOnce<RuntimeLine> runtimeLine = new SetOnce<>("runtime line");
  private final SetOnce<List<String>> allowedClasses = new SetOnce<>("allowed classes");
  private final SetOnce<Path> jobCa = new SetOnce<>("job CA");
  private final SetOnce<ConnectionSecurity> leastSecurity = new SetOnce<>("required security");
  private boolean force;
  private boolean forceRunning;
  private boolean allowOlder;

  /** Prepares packaging a bundle that the caller trusts. */
  public DefaultStartupKitPackager(VerifiedBundle bundle, EngineContext host) {
    this.bundle = bundle;
    this.host = host;
  }

  @Override
  public StartupKitPackager requestFolder(Path folder) {
    requestFolder.set(folder);
    return this;
  }

  @Override
  public StartupKitPackager jobCa(Path signedZip) {
    jobCa.set(signedZip);
    return this;
  }

  @Override
  public StartupKitPackager runtimeLine(String line) {
    RuntimeLine.of(line)
        .ifPresentOrElse(
            runtimeLine::set,
            () ->
                host.warn(
                    "runtime line "
                        + line
                        + " is not known here, the kit is made as without one; known are "
                        + RuntimeLine.KNOWN));
    return this;
  }

  @Override
  public StartupKitPackager allowedClasses(List<String> dottedPrefixes) {
    allowedClasses.set(List.copyOf(dottedPrefixes));
    return this;
  }

  @Override
  public StartupKitPackager force() {
    force = true;
    return this;
  }

  @Override
  public StartupKitPackager forceRunning() {
    forceRunning = true;
    return this;
  }

  @Override
  public StartupKitPackager allowOlder() {
    allowOlder = true;
    return this;
  }

  @Override
  public StartupKitPackager requireSecurity(ConnectionSecurity least) {
    leastSecurity.set(least);
    return this;
  }

  @Override
  public KitPlan plan(Path workspace) {
    Prepared kit = prepare(workspace);
    KitContents contents = contents(kit);
    return new KitPlan(
        kit.target(),
        kit.local().folder(),
        kit.files().files(),
        contents.replaced(),
        contents.kept());
  }

  @Override
  @SuppressWarnings("try") // the lock is held, not used
  public StartupKit packageInto(Path workspace) {
    String name = bundle.metadata().name();
    completeFirst(workspace);
    Prepared kit = prepare(workspace);
    try {
      kit.project().create();
      try (FileLocks.Held held = kit.project().lockParticipant(name)) {
        kit.project().recover(name);
        ApprovalFiles approvalFiles = new ApprovalFiles(bundle, kit.local().folder(), host);
        try (FileLocks.Held request = approvalFiles.lock()) {
          approvalFiles.completeInterrupted();
          write(kit, approvalFiles);
        }
      }
    } catch (IOException e) {
      throw EngineContext.notWritable(kit.target(), e);
    }
    return FileStartupKit.packaged(
        kit.target(),
        kit.files().all(),
        bundle.leaf(),
        bundle.root(),
        kit.local().key(),
        kit.jobCa().map(JobCaMaterial::chain));
  }

  private KitContents contents(Prepared kit) {
    String subject = kit.project().subject(bundle.metadata().name());
    try {
      return KitContents.of(kit.target(), subject, kit.files().files());
    } catch (IOException e) {
      throw EngineContext.notWritable(kit.target(), e);
    }
  }

  private record Prepared(
      LocalMaterial local,
      ProjectFolder project,
      KitPlace place,
      KitFiles files,
      Optional<JobCaMaterial> jobCa) {
    Path target() {
      return place.folder();
    }
  }

  private Path folder() {
    RequestFolderFinder finder = new RequestFolderFinder(bundle.metadata(), host);
    return requestFolder
        .get()
        .map(finder::named)
        .orElseGet(() -> finder.discovered(bundle.signedZip()));
  }

  /** Completes or undoes what a crash interrupted, before anything else is judged. */
  @SuppressWarnings("try") // the lock is held, not used
  private void completeFirst(Path workspace) {
    ApprovalMetadata approval = bundle.metadata();
    ProjectFolder project =
        new ProjectFolder(workspace, approval.project(), approval.deployVersion(), host);
    Path folder = folder();
    try {
      if (Files.exists(project.journal(approval.name()), LinkOption.NOFOLLOW_LINKS)) {
        try (FileLocks.Held held = project.lockParticipant(approval.name())) {
          project.recover(approval.name());
        }
      }
      if (host.interrupted(folder).isPresent()) {
        ApprovalFiles approvalFiles = new ApprovalFiles(bundle, folder, host);
        try (FileLocks.Held held = approvalFiles.lock()) {
          approvalFiles.completeInterrupted();
        }
      }
    } catch (IOException e) {
      throw EngineContext.notWritable(folder, e);
    }
  }

  private Prepared prepare(Path workspace) {
    ApprovalMetadata approval = bundle.metadata();
    Path folder = folder();
    LocalMaterial local =
        LocalMaterial.read(
            folder, bundle, host, new CheckProgress<>(LocalMaterial.LocalCheck.class));
    refuseServersName(approval);
    ProjectFolder project =
        new ProjectFolder(workspace, approval.project(), approval.deployVersion(), host);
    project.requireFolders();
    KitPlace place = place(project);
    place.requireFree();
    KitOptions options = KitOptions.of(local.definition().builders(), host);
    KitFiles files =
        new KitRenderer(
                approval,
                options,
                allowedClasses.get().or(() -> runtimeLine.get().map(RuntimeLine::allowedClasses)),
                runtimeLine.get().orElseGet(RuntimeLine::newest).authorization(),
                host)
            .render(local.definition().participant());
    KitCredentials.addTo(files, bundle, local);
    KeyReaders.warn(folder.resolve(approval.name() + ".key"), host);
    Optional<JobCaMaterial> withJobCa =
        jobCa.get().map(zip -> JobCaMaterial.read(zip, folder, bundle, host));
    withJobCa.ifPresent(material -> material.addTo(files));
    place.warnOfLostJobCa(withJobCa.isPresent());
    requireSecurity(files, place.folder());
    place.compareAge();
    return new Prepared(local, project, place, files, withJobCa);
  }

  private KitPlace place(ProjectFolder project) {
    return new KitPlace(
        project.kit(bundle.metadata().name()), bundle, host, force, forceRunning, allowOlder);
  }

  private static void refuseServersName(ApprovalMetadata approval) {
    if (approval.certType() != CertType.SERVER
        && approval.name().equalsIgnoreCase(approval.server().host())) {
      throw refuse(ErrorCode.INVALID_ARGS, "name")
          .expected("another name than the server's")
          .actual(approval.name())
          .build();
    }
  }

  /** The setting that the runtime will find, after all builders. */
  private void requireSecurity(KitFiles files, Path target) {
    ConnectionSecurity effective = FileStartupKit.config(files.all(), target).security();
    ConnectionSecurity least = leastSecurity.or(ConnectionSecurity.CLEAR);
    if (effective.compareTo(least) < 0) {
      throw refuse(ErrorCode.SECURITY_TOO_WEAK, "connection_security")
          .expected("at least " + least.text())
          .actual(effective.text())
          .build();
    }
    if (effective == ConnectionSecurity.CLEAR) {
      host.warn(
          "CONNECTION SECURITY IS 'clear': the runtime of "
              + bundle.metadata().name()
              + " sends models, results and commands WITHOUT ENCRYPTION. Only a proxy or a private"
              + " network protects them. Use --require-security to refuse such an approval.");
    }
  }

  private void write(Prepared kit, ApprovalFiles approvalFiles) throws IOException {
    KitPlacement placement = placement(kit);
    boolean placed = false;
    try {
      placement.stage();
      approvalFiles.prepare(kit.target());
      place(kit, placement);
      placed = true;
      approvalFiles.apply();
    } finally {
      if (!placed && !placement.isUnderWay()) {
        approvalFiles.abandon();
        placement.abandon();
      }
    }
  }

  private KitPlacement placement(Prepared kit) throws IOException {
    if (!Files.exists(kit.target(), LinkOption.NOFOLLOW_LINKS)) {
      return new NewKit(kit.files(), kit.target(), kit.project().state(), host.output());
    }
    KitReplacement replacement =
        new KitReplacement(kit.files(), kit.project(), bundle.metadata().name(), host);
    replacement.warnOfLeft();
    if (bundle.metadata().certType() == CertType.SERVER) {
      FormerStorage.leftBehind(kit.target()).ifPresent(host::warn);
    }
    return replacement;
  }

  @SuppressWarnings("try") // the lock is held, not used
  private void place(Prepared kit, KitPlacement placement) throws IOException {
    Fingerprint root = bundle.metadata().rootFingerprint();
    // Staged a moment ago: the clock of the file system, before any kit is compared.
    long begun = FileStatus.of(placement.staged()).changed();
    try (FileLocks.Held held = kit.project().lockProd()) {
      ProdRoots roots = kit.project().roots(bundle.rootPem(), root);
      roots.requireSame();
      kit.place().requireFree();
      if (placement instanceof KitReplacement) {
        kit.place().requireNotOlder();
      }
      placement.place();
      writeHint(roots, begun);
    }
  }

  /** A hint only saves time: failing to write it does not fail the kit. */
  private void writeHint(ProdRoots roots, long begun) {
    try {
      roots.writeHint(bundle.metadata().name(), begun);
    } catch (IOException e) {
      host.warn("hint not written: " + e.getMessage());
    }
  }
}
