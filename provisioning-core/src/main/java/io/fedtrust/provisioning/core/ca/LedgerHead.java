// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.spi.CaSigner;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;

/**
 * What a ledger had come to at some time. The CA signs it at the end of every command.
 *
 * @param root of the CA that signs
 * @param entries how many entries the ledger had
 * @param sha256 hash of the last of them, which covers all before
 * @param time when
 */
record LedgerHead(Fingerprint root, long entries, String sha256, Instant time) {
  /** What the CA key signs begins so; neither JSON nor DER does. */
  private static final String TAG = "FEDTRUST-LEDGER-HEAD-1";

  /** Returns what is signed: five lines, each with its line feed. */
  byte[] message() {
    return String.join(
            "\n", TAG, root.hex(), String.valueOf(entries), sha256, Timestamps.text(time), "")
        .getBytes(StandardCharsets.US_ASCII);
  }

  byte[] sign(CaSigner signer) throws GeneralSecurityException {
    return signer.sign(CaSigner.Algorithm.SHA256_WITH_RSA, message());
  }
}
