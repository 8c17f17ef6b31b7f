// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.support.SignedJson;

/**
 * An answer of Intel's provisioning service, taken apart (Intel PCS API version 4): the object, and
 * the signature over its very bytes. What is verified and what is read are the same bytes.
 *
 * @param object from its brace to the matching one
 * @param signature r and s, 32 bytes each
 */
public record SignedAnswer(byte[] object, byte[] signature) {
  /**
   * Takes an answer about a kind of platform apart.
   *
   * @param body {@code {"tcbInfo":{...},"signature":"..."}}, at most 256 KiB
   * @return both members
   * @throws MalformedEvidenceException if there is anything else
   */
  public static SignedAnswer tcbInfo(byte[] body) throws MalformedEvidenceException {
    return of(SignedJson.parse(TcbInfo.KIND, "tcbInfo", body, TcbInfo.MAX_BYTES));
  }

  /**
   * Takes an answer about the TD quoting enclave apart.
   *
   * @param body {@code {"enclaveIdentity":{...},"signature":"..."}}, at most 64 KiB
   * @return both members
   * @throws MalformedEvidenceException if there is anything else
   */
  public static SignedAnswer qeIdentity(byte[] body) throws MalformedEvidenceException {
    return of(SignedJson.parse(QeIdentity.KIND, "enclaveIdentity", body, QeIdentity.MAX_BYTES));
  }

  private static SignedAnswer of(SignedJson json) {
    return new SignedAnswer(json.object(), json.signature());
  }
}
