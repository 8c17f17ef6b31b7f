// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

/** The issuers of PCK certificates (Intel SGX PCK Certificate and CRL Profile Specification). */
public enum PckIssuer {
  /** Platforms that were registered: servers with several packages, all with TDX so far. */
  PLATFORM("Intel SGX PCK Platform CA", "platform"),
  /** Processors by themselves. */
  PROCESSOR("Intel SGX PCK Processor CA", "processor");

  private final String commonName;
  private final String path;

  PckIssuer(String commonName, String path) {
    this.commonName = commonName;
    this.path = path;
  }

  /**
   * Returns the common name of its certificate.
   *
   * @return for example {@code Intel SGX PCK Platform CA}
   */
  public String commonName() {
    return commonName;
  }

  /**
   * Returns its name in addresses and collateral.
   *
   * @return {@code platform} or {@code processor}
   */
  public String path() {
    return path;
  }

  @Override
  public String toString() {
    return path;
  }
}
