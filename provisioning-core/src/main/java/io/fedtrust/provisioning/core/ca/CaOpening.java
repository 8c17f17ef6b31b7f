// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.core.approval.IssuingAuthority;
import io.fedtrust.provisioning.core.host.CheckTrail;
import io.fedtrust.provisioning.core.host.Host;
import io.fedtrust.provisioning.core.host.Once;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import io.fedtrust.provisioning.spi.CaSigner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** Options of opening a CA. */
public final class CaOpening implements CertificateAuthority.Opening {
  private static final byte[] SELF_TEST =
      "FEDTRUST-SIGNER-TEST-1\n".getBytes(StandardCharsets.US_ASCII);

  private final Path folder;
  private final Host host;
  private final Once<char[]> passphrase = new Once<>("passphrase");
  private final Once<CaSigner> signer = new Once<>("signer");
  private final Once<ApprovalLedger> ledger = new Once<>("ledger");

  /** Prepares opening a folder. */
  public CaOpening(Path folder, Host host) {
    this.folder = folder;
    this.host = host;
  }

  /** Opens the ledger of a CA folder, without its key. */
  public static ApprovalLedger ledger(Path caFolder, Host host) {
    CaFolder ca = new CaFolder(caFolder, host);
    ca.recover();
    return new FileLedger(
        ca.path(), ca.read(new CheckTrail<>(CaFolder.CaCheck.class)).root(), host);
  }

  @Override
  public CertificateAuthority.Opening passphrase(char[] text) {
    passphrase.set(text.clone());
    return this;
  }

  @Override
  public CertificateAuthority.Opening signer(CaSigner other) {
    signer.set(other);
    return this;
  }

  @Override
  public CertificateAuthority.Opening ledger(ApprovalLedger other) {
    ledger.set(other);
    return this;
  }

  @Override
  public FileCertificateAuthority open() {
    CaFolder ca = new CaFolder(folder, host);
    ca.recover();
    CaFolder.PublicPart found = ca.read(new CheckTrail<>(CaFolder.CaCheck.class));
    CaSigner chosen = signer.get().orElse(null);
    if (chosen == null) {
      chosen = new FileCaSigner(ca.readKey(found.root(), passphrase.or(new char[0])), host.jca());
    } else {
      selfTest(chosen, found.root());
    }
    return new FileCertificateAuthority(
        new IssuingAuthority(
            ca.path(),
            found.root(),
            found.rootPem(),
            found.document(),
            found.rawDocument(),
            found.fingerprint(),
            chosen,
            ledger.get().orElseGet(() -> new FileLedger(ca.path(), found.root(), host))),
        host);
  }

  /** Proves that a signer can do both algorithms and holds the root's key. */
  private void selfTest(CaSigner chosen, CertificateFile root) {
    try {
      boolean pkcs1 =
          host.jca()
              .verifyPkcs1(
                  root.publicKey(),
                  SELF_TEST,
                  chosen.sign(CaSigner.Algorithm.SHA256_WITH_RSA, SELF_TEST));
      boolean pss =
          host.jca()
              .verifyPss(
                  root.publicKey(),
                  SELF_TEST,
                  chosen.sign(CaSigner.Algorithm.RSASSA_PSS_MAX_SALT, SELF_TEST));
      if (!pkcs1 || !pss) {
        throw refuse(ErrorCode.CA_LOAD_FAILED, "signer")
            .expected("signatures by the key of rootCA.pem, PKCS#1 v1.5 and PSS")
            .actual(pkcs1 ? "a wrong PSS signature" : "a wrong PKCS#1 v1.5 signature")
            .build();
      }
    } catch (GeneralSecurityException e) {
      throw refuse(ErrorCode.CA_LOAD_FAILED, "signer")
          .expected("signatures by the key of rootCA.pem, PKCS#1 v1.5 and PSS")
          .actual(e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
  }
}
