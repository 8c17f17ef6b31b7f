// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.approval.IssuingAuthority;
import io.fedtrust.provisioning.core.bundle.BundleCheck;
import io.fedtrust.provisioning.core.bundle.BundleReader;
import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.host.CheckTrail;
import io.fedtrust.provisioning.core.host.Host;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Tells the ledger of a certificate that it does not know, or knows in part. */
final class ApprovalImport {
  private final IssuingAuthority ca;
  private final Host host;

  ApprovalImport(IssuingAuthority ca, Host host) {
    this.ca = ca;
    this.host = host;
  }

  ApprovalRecord read(Path signedZip) {
    byte[] zip = BundleReader.bytes(signedZip);
    VerifiedBundle bundle =
        new BundleReader(host, new CheckTrail<>(BundleCheck.class))
            .verify(zip, signedZip.toAbsolutePath().normalize());
    bundle.trust(ca.fingerprint());
    bundle.requireChain();
    ApprovalRecord record = record(bundle, Jca.sha256(zip));
    ca.ledger().append(new LedgerEntry.Imported(record), ledger -> requireNews(record, ledger));
    ca.signHead(host);
    return ca.ledger().byName(record.names().get(0), ca.fingerprint()).stream()
        .filter(known -> known.serial().equals(record.serial()))
        .findFirst()
        .orElse(record);
  }

  private static void requireNews(ApprovalRecord record, ApprovalLedger ledger) {
    boolean known =
        ledger.byName(record.names().get(0), record.rootFingerprint()).stream()
            .anyMatch(other -> other.serial().equals(record.serial()) && other.isComplete());
    if (known) {
      throw refuse(ErrorCode.REQUEST_ALREADY_APPROVED, "serial " + record.serial())
          .actual("the ledger has this certificate of " + record.name() + " already")
          .hint("Skip this zip.")
          .build();
    }
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
          Optional.empty());
    } catch (IOException e) {
      throw refuse(ErrorCode.INVALID_SIGNED_ZIP, bundle.signedZip().toString())
          .expected("a certificate whose names can be read")
          .actual("unreadable")
          .cause(e)
          .build();
    }
  }
}
