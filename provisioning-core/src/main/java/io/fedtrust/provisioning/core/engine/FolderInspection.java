// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.engine;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.approval.ApprovalTerms;
import io.fedtrust.provisioning.core.bundle.JobCaBundle;
import io.fedtrust.provisioning.core.ca.CaFolder;
import io.fedtrust.provisioning.core.ca.CaOpening;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.DefinitionDocument;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.document.RequestDocument;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.io.InterruptedChange;
import io.fedtrust.provisioning.core.kit.FileStartupKit;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Inspects a folder that stays where it is: of a CA, of a request, or a kit. */
final class FolderInspection {
  private static final char[] NONE = new char[0];

  private final Path path;
  private final EngineContext host;
  private final InspectionSettings settings;
  private final InspectionFacts facts;
  private final InspectionChecks checks;

  FolderInspection(
      Path path,
      EngineContext host,
      InspectionSettings settings,
      InspectionFacts facts,
      InspectionChecks checks) {
    this.path = path;
    this.host = host;
    this.settings = settings;
    this.facts = facts;
    this.checks = checks;
  }

  void ca() {
    interrupted();
    CheckProgress<CaFolder.CaCheck> progress = new CheckProgress<>(CaFolder.CaCheck.class);
    checks.run(
        progress,
        () -> {
          CaFolder folder = new CaFolder(path, host, settings.allowGroup());
          folder.requireProtected();
          progress.passed(CaFolder.CaCheck.PROTECTED);
          CaFolder.PublicPart found = folder.read(progress);
          facts.put("project", found.document().project());
          facts.put("provision_version", found.document().deployVersion().text());
          facts.put("rootca_fingerprint_sha256", found.fingerprint().text());
          facts.root(found.root());
          ApprovalTerms.requireUsable(found.root(), host.now());
          progress.passed(CaFolder.CaCheck.USABLE);
          ApprovalLedger ledger = CaOpening.ledgerAsIs(path, host);
          facts.put("approvals", String.valueOf(ledger.records().size()));
          facts.put("ledger_head", ledger.head());
          facts.jobCas(ledger.records(), host.now());
          ledger.requireNewest();
          progress.passed(CaFolder.CaCheck.LEDGER);
          return found;
        });
    String key = "rootCA.key belongs to rootCA.pem";
    CaFolder folder = new CaFolder(path, host, settings.allowGroup());
    checks.single("no other user can read rootCA.key", folder::requireProtectedKey);
    if (folder.hasEncryptedKey()) {
      checks.skip(key, "the key is encrypted");
    } else {
      checks.single(
          key,
          () ->
              folder.readKey(
                  folder.read(new CheckProgress<>(CaFolder.CaCheck.class)).root(), NONE));
    }
  }

  void requestFolder() {
    interrupted();
    checks.single(
        "request.json is complete and names follow the rules",
        () ->
            facts.request(
                RequestDocument.read(
                    DocumentFiles.json(path.resolve("request.json"), ErrorCode.INVALID_ARGS))));
    checks.single(
        "site.yaml is a valid definition",
        () -> facts.definition(DefinitionDocument.read(path.resolve("site.yaml"))));
    String name = facts.get("name");
    boolean key = Files.isRegularFile(path.resolve(name + ".key"), LinkOption.NOFOLLOW_LINKS);
    String check = "private key is there";
    if (key) {
      checks.passed(check);
    } else {
      checks.failed(check, ErrorCode.KEY_NOT_FOUND, "no " + name + ".key");
    }
  }

  /** Reports an interrupted change; an inspection never completes one. */
  private void interrupted() {
    Optional<InterruptedChange> found = host.interrupted(path);
    if (found.isEmpty()) {
      return;
    }
    if (found.get() instanceof InterruptedChange.Trusted trusted) {
      facts.put(
          "interrupted_change",
          trusted.command() + ", begun by this account; the next command completes it");
      return;
    }
    InterruptedChange.Untrusted untrusted = (InterruptedChange.Untrusted) found.get();
    facts.put("interrupted_change", "not completed by any command of this account");
    checks.single(
        "an interrupted change was begun by this account",
        () -> {
          throw untrusted.refusal();
        });
  }

  void kit() {
    Optional<FileStartupKit> kit =
        checks.single("key, certificate and root CA belong together", this::usableKit);
    kit.flatMap(FileStartupKit::jobCa)
        .ifPresent(
            chain ->
                checks.single(
                    "job CA is valid, for more than an hour",
                    () -> JobCaBundle.requireValidity(chain, host.now())));
    String expected = "root CA has the fingerprint received on another channel";
    if (settings.fingerprint().isEmpty()) {
      checks.skip(expected, "needs the fingerprint");
    } else {
      checks.single(
          expected,
          () -> {
            Fingerprint wanted = Fingerprint.parse(settings.fingerprint().get());
            if (!wanted.text().equals(facts.get("rootca_fingerprint_sha256"))) {
              throw refuse(ErrorCode.ROOTCA_FINGERPRINT_MISMATCH, "rootCA.pem")
                  .expected(wanted)
                  .actual(facts.get("rootca_fingerprint_sha256"))
                  .build();
            }
          });
    }
  }

  private FileStartupKit usableKit() {
    FileStartupKit kit = FileStartupKit.open(path, host);
    facts.kit(kit);
    kit.jobCa().ifPresent(chain -> facts.jobCaEnd(chain, host.now()));
    if (host.now().isAfter(kit.certificateChain().get(0).getNotAfter().toInstant())) {
      throw refuse(ErrorCode.CERT_EXPIRED, "kit certificate")
          .expected("valid until after " + Timestamps.text(host.now()))
          .actual(facts.get("valid_until"))
          .build();
    }
    return kit;
  }
}
