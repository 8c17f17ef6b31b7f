// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.Approving;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.core.approval.ApprovalRun;
import io.fedtrust.provisioning.core.approval.IssuingAuthority;
import io.fedtrust.provisioning.core.host.Host;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.DeployVersion;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;

/** An open CA. */
public final class FileCertificateAuthority implements CertificateAuthority {
  private final IssuingAuthority ca;
  private final X509Certificate rootCertificate;
  private final Host host;

  FileCertificateAuthority(IssuingAuthority ca, Host host) {
    this.ca = ca;
    this.host = host;
    try {
      this.rootCertificate = ca.root().toX509();
    } catch (IOException e) {
      throw refuse(ErrorCode.CA_LOAD_FAILED, "rootCA.pem")
          .expected("a certificate the JDK can use")
          .actual("unreadable")
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
  public Approving approve(Path requestZip) {
    return new ApprovalRun(ca, requestZip, host);
  }

  @Override
  public String toString() {
    return "CertificateAuthority[" + project() + " " + deployVersion() + " " + fingerprint() + "]";
  }
}
