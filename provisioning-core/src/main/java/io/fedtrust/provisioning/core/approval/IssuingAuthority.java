// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.CaDocument;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import io.fedtrust.provisioning.spi.CaSigner;
import java.nio.file.Path;
import java.util.Map;

/**
 * An open CA as an approval needs it.
 *
 * @param folder the CA folder
 * @param root the root certificate
 * @param rootPem rootCA.pem, byte for byte
 * @param document ca.json
 * @param rawDocument ca.json as found
 * @param fingerprint of the root
 * @param signer holds the key
 * @param metadataAlgorithm with which {@code signed.json} is signed
 * @param ledger remembers approvals
 */
public record IssuingAuthority(
    Path folder,
    CertificateFile root,
    byte[] rootPem,
    CaDocument document,
    Map<String, Object> rawDocument,
    Fingerprint fingerprint,
    CaSigner signer,
    CaSigner.Algorithm metadataAlgorithm,
    ApprovalLedger ledger) {

  /** Ends a command. What it recorded stands without it; a rollback would be noticed later. */
  public void signHead(EngineContext host) {
    try {
      ledger.signHead(signer);
    } catch (ProvisioningException e) {
      host.warn("the ledger's head was not signed: " + e.problem());
    } catch (RuntimeException e) {
      // Key stores of the JDK throw unchecked exceptions.
      host.warn("the ledger's head was not signed: " + e.getClass().getSimpleName());
    }
  }
}
