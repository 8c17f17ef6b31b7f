// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;

/**
 * The generation of a project's CA; kits of generation {@code NN} lie in {@code prod_NN}.
 *
 * @param text exactly two ASCII digits
 */
public record DeployVersion(String text) {
  /** The first generation. */
  public static final DeployVersion FIRST = new DeployVersion("00");

  /**
   * Checks the digits.
   *
   * @param text exactly two ASCII digits
   */
  public DeployVersion {
    if (!NameRule.DEPLOY_VERSION.accepts(text)) {
      throw refuse(ErrorCode.INVALID_ARGS, "deploy version")
          .expected(NameRule.DEPLOY_VERSION.expectation())
          .actual(text)
          .build();
    }
  }

  /** {@return the folder that kits of this generation share: {@code prod_NN}} */
  public String folder() {
    return "prod_" + text;
  }

  @Override
  public String toString() {
    return text;
  }
}
