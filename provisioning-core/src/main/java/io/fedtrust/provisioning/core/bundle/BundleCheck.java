// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.bundle;

/** What is checked of a signed zip, in order. */
public enum BundleCheck {
  ARCHIVE("zip archive is plain, small and free of private keys"),
  MEMBERS("zip holds exactly the five members"),
  ROOT("rootCA.pem is one certificate and nothing else"),
  SIGNATURE("signed.json is signed by the key of rootCA.pem"),
  METADATA("signed.json is complete and names follow the rules"),
  SITE("site.yaml is about the same participant and carries no overrides"),
  HASHES("site.yaml, certificate and rootCA.pem have the signed hashes"),
  CERTIFICATE("certificate has the signed public key"),
  CERTIFICATE_TYPE("certificate says what it is for"),
  CERTIFICATE_IDENTITY("certificate and root carry the signed identity"),
  ROOT_FINGERPRINT("rootCA.pem has the signed fingerprint"),
  CHAIN("certificate was issued by the root"),
  VALIDITY("certificate and root are within their validity");

  private final String text;

  BundleCheck(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
