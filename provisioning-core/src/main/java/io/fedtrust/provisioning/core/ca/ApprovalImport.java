// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.LedgerImport;
import io.fedtrust.provisioning.core.approval.IssuingAuthority;
import io.fedtrust.provisioning.core.bundle.BundleCheck;
import io.fedtrust.provisioning.core.bundle.BundleReader;
import io.fedtrust.provisioning.core.bundle.JobCaBundle;
import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.JobCaSignedDocument;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Adds certificates to the ledger that it does not know, or knows in part. */
final class ApprovalImport {
  private final IssuingAuthority ca;
  private final EngineContext host;

  ApprovalImport(IssuingAuthority ca, EngineContext host) {
    this.ca = ca;
    this.host = host;
  }

  /** Imports one zip, or throws the reason why not. */
  ApprovalRecord one(Path signedZip) {
    LedgerImport done = all(List.of(signedZip));
    if (!done.failed().isEmpty()) {
      throw done.failed().get(0).reason();
    }
    return Stream.concat(done.imported().stream(), done.alreadyKnown().stream())
        .findFirst()
        .orElseThrow();
  }

  LedgerImport all(List<Path> signedZips) {
    ca.ledger().requireNewest();
    List<ApprovalRecord> imported = new ArrayList<>();
    List<ApprovalRecord> alreadyKnown = new ArrayList<>();
    List<LedgerImport.Failed> failed = new ArrayList<>();
    try {
      for (Path zip : signedZips) {
        try {
          ApprovalRecord record = record(zip);
          Optional<ApprovalRecord> known = known(record).filter(ApprovalRecord::isComplete);
          if (known.isPresent()) {
            alreadyKnown.add(known.get());
          } else {
            // A command that imports the same zip at the same time does no harm.
            ca.ledger().append(new LedgerEntry.Imported(record), ApprovalLedger.Rule.NONE);
            imported.add(known(record).orElse(record));
          }
        } catch (ProvisioningException e) {
          failed.add(new LedgerImport.Failed(zip, e));
        }
      }
    } finally {
      if (!imported.isEmpty()) {
        ca.signHead(host);
      }
    }
    return new LedgerImport(imported, alreadyKnown, failed);
  }

  private Optional<ApprovalRecord> known(ApprovalRecord record) {
    return ca.ledger().byName(record.names().get(0), ca.fingerprint()).stream()
        .filter(other -> other.serial().equals(record.serial()))
        .findFirst();
  }

  private ApprovalRecord record(Path signedZip) {
    byte[] zip = BundleReader.bytes(signedZip);
    if (JobCaBundle.isOne(zip)) {
      return jobCa(zip);
    }
    VerifiedBundle bundle =
        new BundleReader(host, new CheckProgress<>(BundleCheck.class))
            .verify(zip, signedZip.toAbsolutePath().normalize());
    bundle.trust(ca.fingerprint());
    bundle.requireChain();
    return record(bundle, Jca.sha256(zip));
  }

  private ApprovalRecord jobCa(byte[] zip) {
    JobCaBundle bundle =
        JobCaBundle.verify(zip, host, new CheckProgress<>(JobCaBundle.Check.class));
    bundle.requireRoot(ca.fingerprint());
    JobCaSignedDocument.Content approval = bundle.approval();
    return new ApprovalRecord(
        approval.requestId(),
        Optional.empty(),
        Optional.of(approval.csrSha256()),
        approval.project(),
        approval.name(),
        Optional.of(approval.org()),
        CertType.JOB_CA,
        List.of("DNS:" + approval.name()),
        Optional.of(approval.publicKey()),
        approval.rootFingerprint(),
        approval.serial(),
        approval.approvedAt(),
        bundle.chain().jobCa().notAfter(),
        Optional.of(approval.certificateSha256()),
        Optional.of(bundle.sha256()),
        ApprovalRecord.Stage.DELIVERED,
        Optional.empty(),
        Optional.empty(),
        Optional.of(approval.server()));
  }

  private static ApprovalRecord record(VerifiedBundle bundle, String zipSha256) {
    ApprovalMetadata approval = bundle.metadata();
    try {
      List<String> names = bundle.leaf().subjectAlternativeNames();
      return new ApprovalRecord(
          approval.requestId(),
          Optional.empty(),
          Optional.of(approval.hashes().csr()),
          approval.project(),
          approval.name(),
          Optional.of(approval.org()),
          approval.certType(),
          names.isEmpty() ? List.of("DNS:" + approval.name()) : names,
          Optional.of(new KeyFingerprint(bundle.leaf().publicKeySha256())),
          approval.rootFingerprint(),
          bundle.leaf().serial(),
          approval.approvedAt().orElseGet(bundle.leaf()::notBefore),
          bundle.leaf().notAfter(),
          Optional.of(Jca.sha256(bundle.leafPem())),
          Optional.of(zipSha256),
          ApprovalRecord.Stage.DELIVERED,
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    } catch (IOException e) {
      throw refuse(ErrorCode.INVALID_SIGNED_ZIP, bundle.signedZip().toString())
          .malformed("a certificate whose names can be read")
          .cause(e)
          .build();
    }
  }
}
