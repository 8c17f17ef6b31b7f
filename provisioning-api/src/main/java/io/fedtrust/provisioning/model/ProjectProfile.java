// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;

/**
 * What the project admin decides for every kit of a federation ({@code project_profile.yaml}).
 *
 * @param name project name
 * @param scheme how clients reach the server
 * @param connectionSecurity the default for every participant
 * @param server where the server is
 * @param requireExpectedKey whether an approval needs the requester's key, told out of band; only
 *     the approver's side reads it
 */
public record ProjectProfile(
    String name,
    Scheme scheme,
    ConnectionSecurity connectionSecurity,
    ServerEndpoint server,
    boolean requireExpectedKey) {
  /**
   * Checks the project name.
   *
   * @param name project name
   * @param scheme how clients reach the server
   * @param connectionSecurity the default for every participant
   * @param server where the server is
   * @param requireExpectedKey whether an approval needs the requester's key
   */
  public ProjectProfile {
    requireProjectName(name);
  }

  /**
   * Makes a profile that leaves it to the approver whether to compare keys.
   *
   * @param name project name
   * @param scheme how clients reach the server
   * @param connectionSecurity the default for every participant
   * @param server where the server is
   */
  public ProjectProfile(
      String name, Scheme scheme, ConnectionSecurity connectionSecurity, ServerEndpoint server) {
    this(name, scheme, connectionSecurity, server, false);
  }

  /**
   * Refuses a name that is no project name.
   *
   * @param name the name
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_PROJECT_NAME}
   */
  public static void requireProjectName(String name) {
    if (!NameRule.PROJECT.accepts(name)) {
      throw refuse(ErrorCode.INVALID_PROJECT_NAME, "project name")
          .expected(NameRule.PROJECT.expectation())
          .actual(name)
          .build();
    }
  }
}
