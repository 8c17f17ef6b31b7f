// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

/** What is checked of a request zip, in order. */
public enum RequestCheck {
  ARCHIVE("zip archive is plain, small and free of private keys"),
  METADATA("request.json is complete and names follow the rules"),
  MEMBERS("zip holds exactly request.json, site.yaml and the CSR"),
  SITE_IDENTITY("site.yaml is about the same participant"),
  SITE_OVERRIDES("site.yaml carries no connection security and no listener"),
  SITE_HASH("site.yaml has the hash that request.json names"),
  CSR("CSR is RSA of 2048 bits or more and signed by its own key"),
  CSR_IDENTITY("CSR subject is the same participant"),
  CSR_HASH("CSR has the hash that request.json names"),
  PUBLIC_KEY_HASH("public key has the hash that request.json names");

  private final String text;

  RequestCheck(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
