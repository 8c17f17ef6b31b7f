// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.ApprovalBuilder;
import io.fedtrust.provisioning.BatchApproving;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.JobCaApproving;
import io.fedtrust.provisioning.LedgerImport;
import io.fedtrust.provisioning.Revoking;
import io.fedtrust.provisioning.core.approval.Approver;
import io.fedtrust.provisioning.core.approval.BatchRun;
import io.fedtrust.provisioning.core.approval.DefaultApprovalBuilder;
import io.fedtrust.provisioning.core.approval.IssuingAuthority;
import io.fedtrust.provisioning.core.approval.JobCaRun;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.DeployVersion;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** An open CA. */
public final class FileCertificateAuthority implements CertificateAuthority {
  private static final int MAX_NAMED = 10;

  private final IssuingAuthority ca;
  private final X509Certificate rootCertificate;
  private final EngineContext host;
  private final AtomicBoolean gapsNamed = new AtomicBoolean();

  FileCertificateAuthority(IssuingAuthority ca, EngineContext host) {
    this.ca = ca;
    this.host = host;
    try {
      this.rootCertificate = ca.root().toX509();
    } catch (IOException e) {
      throw refuse(ErrorCode.CA_LOAD_FAILED, "rootCA.pem")
          .malformed("a certificate the JDK can use")
          .cause(e)
          .build();
    }
  }

  /** Returns the CA as approvals need it. */
  public IssuingAuthority issuing() {
    return ca;
  }

  @Override
  public String project() {
    return ca.document().project();
  }

  @Override
  public DeployVersion deployVersion() {
    return ca.document().deployVersion();
  }

  @Override
  public Fingerprint fingerprint() {
    return ca.fingerprint();
  }

  @Override
  public X509Certificate rootCertificate() {
    return rootCertificate;
  }

  @Override
  public ApprovalLedger ledger() {
    return ca.ledger();
  }

  @Override
  public ApprovalBuilder approve(Path requestZip) {
    warnOfGaps();
    return new DefaultApprovalBuilder(ca, requestZip, host);
  }

  @Override
  public JobCaApproving approveJobCa(Path requestZip) {
    warnOfGaps();
    return new JobCaRun(ca, requestZip, host);
  }

  @Override
  public BatchApproving approveAll(List<Path> requestZips) {
    warnOfGaps();
    return new BatchRun(ca, requestZips, host);
  }

  @Override
  public Revoking revoke(String nameOrSerial) {
    return new RevocationRun(ca, nameOrSerial, host);
  }

  @Override
  public ApprovalRecord importApproval(Path signedZip) {
    return new ApprovalImport(ca, host).one(signedZip);
  }

  @Override
  public LedgerImport importApprovals(List<Path> signedZips) {
    return new ApprovalImport(ca, host).all(signedZips);
  }

  @Override
  public void acceptLedgerHead() {
    acceptLedgerHead(Approver.account());
  }

  @Override
  public void acceptLedgerHead(String approver) {
    if (!(ca.ledger() instanceof FileLedger ledger)) {
      throw new IllegalStateException("this ledger is kept elsewhere: accept its head there");
    }
    ledger.acceptHead(Approver.person(approver), ca.signer());
  }

  /** Names and keys that the ledger does not know cannot be protected. Said once. */
  private void warnOfGaps() {
    if (!gapsNamed.getAndSet(true)) {
      List<String> unknown =
          ca.ledger().records().stream()
              .filter(record -> !record.isComplete() && record.holdsNames(host.now()))
              .map(ApprovalRecord::name)
              .toList();
      if (!unknown.isEmpty()) {
        host.warn(
            "the ledger lacks names and keys of certificates recorded by an older version: "
                + unknown.subList(0, Math.min(unknown.size(), MAX_NAMED))
                + (unknown.size() > MAX_NAMED
                    ? " and " + (unknown.size() - MAX_NAMED) + " more"
                    : "")
                + "; 'cert ledger import' with their signed zips completes it");
      }
    }
  }

  @Override
  public String toString() {
    return "CertificateAuthority[" + project() + " " + deployVersion() + " " + fingerprint() + "]";
  }
}
