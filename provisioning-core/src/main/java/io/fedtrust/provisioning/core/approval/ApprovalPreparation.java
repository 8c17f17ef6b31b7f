// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.x509.CertificateIssuer;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ComparableName;
import io.fedtrust.provisioning.model.HostName;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.ProjectProfile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes every check of an approval that needs no decision of a person. */
final class ApprovalPreparation {
  private final IssuingAuthority ca;
  private final EngineContext host;
  private final ApprovalSettings<?> settings;

  ApprovalPreparation(IssuingAuthority ca, EngineContext host, ApprovalSettings<?> settings) {
    this.ca = ca;
    this.host = host;
    this.settings = settings;
  }

  VerifiedRequest verify(Path requestZip) {
    byte[] zip = VerifiedRequest.bytes(requestZip);
    VerifiedRequest request =
        VerifiedRequest.of(zip, host.jca(), new CheckProgress<>(RequestCheck.class));
    ApprovalTerms.requireSameProject(request.metadata(), ca);
    return request;
  }

  VerifiedJobCaRequest verifyJobCa(Path requestZip) {
    VerifiedJobCaRequest request =
        VerifiedJobCaRequest.of(
            VerifiedRequest.bytes(requestZip),
            host.jca(),
            new CheckProgress<>(VerifiedJobCaRequest.Check.class));
    ApprovalTerms.requireSameProject(request.metadata(), ca);
    return request;
  }

  ApprovalTerms decide(VerifiedJobCaRequest request, ProjectProfile profile) {
    return ApprovalTerms.decide(request, profile, ca, host.now(), settings.validity());
  }

  ApprovalTerms decide(VerifiedRequest request, ProjectProfile profile) {
    ApprovalTerms terms =
        ApprovalTerms.decide(request, profile, ca, host.now(), settings.validity());
    if (request.metadata().certType() == CertType.SERVER) {
      warnOfLocalServer(profile.server().host());
      ApprovalTerms.serverNames(request, profile).warnings().forEach(host::warn);
    }
    return terms;
  }

  /** Every kit and the server's certificate will name this host. */
  private void warnOfLocalServer(String server) {
    if (HostName.isLoopback(server)) {
      host.warn(
          "server.host is "
              + server
              + ": only its own machine reaches this server; in production, use a DNS name");
    } else if (CertificateIssuer.alternativeName(server).startsWith("IP:")) {
      host.warn(
          "server.host is the address "
              + server
              + ": a new address would need new kits for everybody; in production, use a DNS name");
    }
  }

  LedgerRules rules(
      CertificateRequest request,
      ApprovalTerms terms,
      LedgerRules.Renewal renewal,
      KeyAssurance assurance) {
    List<ComparableName> names =
        Stream.concat(
                Stream.of(ComparableName.of(request.metadata().name())),
                terms.subjectAlternativeNames().stream().map(ComparableName::ofAlternativeName))
            .distinct()
            .toList();
    return new LedgerRules(
        request, names, ca.fingerprint(), host.now(), settings.forced(), renewal, assurance);
  }

  /** Looks up what the ledger says; an interrupted approval goes on as it was decided. */
  PreparedApproval prepare(
      Path requestZip,
      CertificateRequest request,
      ApprovalTerms terms,
      Path target,
      LedgerRules rules) {
    Optional<ApprovalRecord> interrupted = rules.interrupted(ca.ledger());
    return new PreparedApproval(
        requestZip,
        request,
        interrupted
            .flatMap(record -> ca.ledger().undelivered(record.rootFingerprint(), record.serial()))
            .map(ApprovalTerms::of)
            .orElse(terms),
        target,
        rules,
        rules.held(ca.ledger()),
        rules.former(ca.ledger()),
        interrupted,
        settings.approver());
  }

  /** Refuses an approval that cannot be carried out. */
  void check(PreparedApproval approval) {
    requireFree(approval);
    ca.ledger().requireNewest();
    approval.rules().check(ca.ledger());
  }

  void warnOfLeftOut(CertificateRequest request) {
    List<String> dropped = request.leftOut();
    if (!dropped.isEmpty()) {
      host.warn(
          "site.yaml of "
              + request.metadata().name()
              + " holds more than an approval needs; left out: "
              + dropped);
    }
  }

  /** Compares the key of a request with the one that the requester told the approver. */
  KeyAssurance compare(CertificateRequest request, Optional<KeyFingerprint> expected) {
    if (expected.isPresent() && !expected.get().equals(request.publicKey())) {
      throw refuse(ErrorCode.PUBLIC_KEY_MISMATCH, "public key of " + request.metadata().name())
          .expected(expected.get())
          .actual(request.publicKey())
          .build();
    }
    return expected.isPresent() ? KeyAssurance.EXPECTED : KeyAssurance.NONE;
  }

  void requireExpectedKey(
      CertificateRequest request, ProjectProfile profile, KeyAssurance assurance) {
    if (settings.requiresExpectedKey(profile) && assurance != KeyAssurance.EXPECTED) {
      throw refuse(ErrorCode.EXPECTED_KEY_REQUIRED, "public key of " + request.metadata().name())
          .problem("this approval requires the expected key, and none was given")
          .build();
    }
  }

  private void requireFree(PreparedApproval approval) {
    Path target = approval.target();
    boolean link = Files.isSymbolicLink(target);
    if (link || Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      throw refuse(ErrorCode.OUTPUT_DIR_NOT_WRITABLE, target.toString())
          .problem("the signed zip cannot replace this " + (link ? "symbolic link" : "folder"))
          .hint("Name another file, or remove what is there.")
          .build();
    }
    if (!settings.forced()
        && Files.exists(target, LinkOption.NOFOLLOW_LINKS)
        && approval.interrupted().filter(record -> Issuance.holds(target, record)).isEmpty()) {
      throw Issuance.exists(target);
    }
  }

  static Path defaultTarget(Path requestZip, CertificateRequest request) {
    return requestZip.toAbsolutePath().resolveSibling(request.signedZipName());
  }
}
