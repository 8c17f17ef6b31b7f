// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.core.approval.IssuingAuthority;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.context.SetOnce;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import io.fedtrust.provisioning.spi.CaSigner;
import java.nio.file.Path;

/** Options of opening a CA. */
public final class CaOpening implements CertificateAuthority.Opening {
  private final Path folder;
  private final EngineContext host;
  private final SetOnce<char[]> passphrase = new SetOnce<>("passphrase");
  private final SetOnce<Path> passphraseFile = new SetOnce<>("passphrase file");
  private final SetOnce<CaSigner> signer = new SetOnce<>("signer");
  private final SetOnce<ApprovalLedger> ledger = new SetOnce<>("ledger");
  private boolean allowGroup;

  /** Prepares opening a folder. */
  public CaOpening(Path folder, EngineContext host) {
    this.folder = folder;
    this.host = host;
  }

  /** Opens the ledger of a CA folder, without its key. */
  public static ApprovalLedger ledger(Path caFolder, EngineContext host) {
    new CaFolder(caFolder, host).recover();
    return ledgerAsIs(caFolder, host);
  }

  /** Opens the ledger of a CA folder and completes no interrupted command: to inspect it. */
  public static ApprovalLedger ledgerAsIs(Path caFolder, EngineContext host) {
    CaFolder ca = new CaFolder(caFolder, host);
    return new FileLedger(
        ca.path(), ca.read(new CheckProgress<>(CaFolder.CaCheck.class)).root(), host);
  }

  @Override
  public CertificateAuthority.Opening passphrase(char[] text) {
    passphrase.set(text.clone());
    return this;
  }

  @Override
  public CertificateAuthority.Opening passphraseFile(Path file) {
    passphraseFile.set(file);
    return this;
  }

  @Override
  public CertificateAuthority.Opening allowGroup() {
    allowGroup = true;
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
    CaFolder ca = protectedFolder();
    ca.shareFiles();
    ca.recover();
    return opened(ca);
  }

  /** Opens the CA and completes no interrupted command: to inspect it. */
  public FileCertificateAuthority openAsIs() {
    return opened(protectedFolder());
  }

  private CaFolder protectedFolder() {
    CaFolder ca = new CaFolder(folder, host, allowGroup);
    ca.requireProtected();
    return ca;
  }

  private FileCertificateAuthority opened(CaFolder ca) {
    EngineContext surroundings = allowGroup ? host.forGroup() : host;
    CaFolder.PublicPart found = ca.read(new CheckProgress<>(CaFolder.CaCheck.class));
    CaSigner chosen = signer.get().orElseGet(() -> fileSigner(ca, found.root()));
    CaSigner.Algorithm metadataAlgorithm =
        signer.get().isPresent()
            ? new SignerProof(chosen, found.root(), host.jca()).metadataAlgorithm()
            : CaSigner.Algorithm.RSASSA_PSS_MAX_SALT;
    return new FileCertificateAuthority(
        new IssuingAuthority(
            ca.path(),
            found.root(),
            found.rootPem(),
            found.document(),
            found.rawDocument(),
            found.fingerprint(),
            chosen,
            metadataAlgorithm,
            ledger.get().orElseGet(() -> new FileLedger(ca.path(), found.root(), surroundings))),
        surroundings);
  }

  private CaSigner fileSigner(CaFolder ca, CertificateFile root) {
    passphraseFile.get().map(ca::readPassphrase).ifPresent(this::passphrase);
    return new FileCaSigner(ca.readKey(root, passphrase.or(new char[0])), host.jca());
  }
}
