// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One participant of a federation: the server, a client site, or an administrator. Constructors
 * apply the naming rules, among them those that a startup kit needs in order to boot.
 */
public sealed interface Participant {
  /** {@return the name, which becomes the certificate's common name} */
  String name();

  /** {@return the organization, which becomes the certificate's organization} */
  String org();

  /** {@return what its certificate will be for: the certificate type} */
  CertType certType();

  /**
   * {@return a PEM file of further trust anchors for TLS, for a server behind a proxy with another
   * CA: a path relative to the packaging process's working folder, or empty}
   */
  Optional<Path> customCaCert();

  /**
   * The server.
   *
   * @param name its host name, which must be the profile's {@code server.host}
   * @param org its organization
   * @param hostNames further DNS names or IP addresses for its certificate
   * @param connectionSecurity its own setting, where it differs from the project's (behind a
   *     proxy); applied at package time only
   * @param customCaCert further trust anchors
   * @param authIdentities which common names its runtime expects; applied at package time only
   */
  record Server(
      String name,
      String org,
      List<String> hostNames,
      Optional<ConnectionSecurity> connectionSecurity,
      Optional<Path> customCaCert,
      AuthIdentities authIdentities)
      implements Participant {
    /**
     * Checks name, organization and host names.
     *
     * @param name its host name
     * @param org its organization
     * @param hostNames further names
     * @param connectionSecurity its own setting
     * @param customCaCert further trust anchors
     * @param authIdentities which common names its runtime expects
     */
    public Server {
      hostNames = List.copyOf(hostNames);
      requireIdentity(CertType.SERVER, name, org);
      ServerNames.of(name, hostNames);
    }

    /**
     * {@return the names that its certificate will have: the name first, then the host names; with
     * warnings}
     */
    public ServerNames serverNames() {
      return ServerNames.of(name, hostNames);
    }

    /**
     * Makes a server with the project's defaults.
     *
     * @param name its host name
     * @param org its organization
     * @param hostNames further DNS names or IP addresses
     */
    public Server(String name, String org, String... hostNames) {
      this(name, org, List.of(hostNames), Optional.empty(), Optional.empty(), AuthIdentities.NONE);
    }

    @Override
    public CertType certType() {
      return CertType.SERVER;
    }
  }

  /**
   * A client site.
   *
   * @param name its name
   * @param org its organization
   * @param connectTo another way to the server
   * @param capacity the GPUs it offers
   * @param allowLogStreaming whether logs may be streamed to the server
   * @param customCaCert further trust anchors
   * @param authIdentities which common names its runtime expects; applied at package time only
   */
  record Client(
      String name,
      String org,
      Optional<ConnectTo> connectTo,
      Capacity capacity,
      boolean allowLogStreaming,
      Optional<Path> customCaCert,
      AuthIdentities authIdentities)
      implements Participant {
    /**
     * Checks name, organization and expected common names.
     *
     * @param name its name
     * @param org its organization
     * @param connectTo another way to the server
     * @param capacity the GPUs it offers
     * @param allowLogStreaming whether logs may be streamed to the server
     * @param customCaCert further trust anchors
     * @param authIdentities which common names its runtime expects
     */
    public Client {
      requireIdentity(CertType.CLIENT, name, org);
      authIdentities.requireAgreement(name);
    }

    /**
     * Makes a client with the defaults.
     *
     * @param name its name
     * @param org its organization
     */
    public Client(String name, String org) {
      this(name, org, Optional.empty(), Capacity.NONE, true, Optional.empty(), AuthIdentities.NONE);
    }

    @Override
    public CertType certType() {
      return CertType.CLIENT;
    }
  }

  /**
   * An administrator.
   *
   * @param name e-mail address
   * @param org organization
   * @param role what the person may do
   * @param connectTo another way to the server
   * @param customCaCert further trust anchors
   */
  record Admin(
      String name,
      String org,
      AdminRole role,
      Optional<ConnectTo> connectTo,
      Optional<Path> customCaCert)
      implements Participant {
    /**
     * Checks name and organization.
     *
     * @param name e-mail address
     * @param org organization
     * @param role what the person may do
     * @param connectTo another way to the server
     * @param customCaCert further trust anchors
     */
    public Admin {
      requireIdentity(role.certType(), name, org);
    }

    /**
     * Makes an administrator with the defaults.
     *
     * @param name e-mail address
     * @param org organization
     * @param role what the person may do
     */
    public Admin(String name, String org, AdminRole role) {
      this(name, org, role, Optional.empty(), Optional.empty());
    }

    @Override
    public CertType certType() {
      return role.certType();
    }
  }

  /**
   * Refuses an identity that breaks a naming rule, in NVFlare's order: organization, then the rule
   * for any participant, then the rule for the type, then what does not boot.
   *
   * @param type what the certificate is for
   * @param name participant name
   * @param org organization
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_NAME} or
   *     {@code INVALID_ARGS}
   */
  static void requireIdentity(CertType type, String name, String org) {
    require(NameRule.ORG, ErrorCode.INVALID_ARGS, "org", org);
    require(NameRule.PARTICIPANT, ErrorCode.INVALID_NAME, "name", name);
    require(type.nameRule(), ErrorCode.INVALID_ARGS, "name", name);
    if (type == CertType.CLIENT && !NameRule.bootsAsText(name)) {
      throw refuse(ErrorCode.INVALID_NAME, "name")
          .expected("a site name that is not a number or a truth value")
          .actual(name)
          .hint("NVFlare's runtime would read it as a number or boolean and stop at startup.")
          .build();
    }
    if (type.kind() != ParticipantKind.USER && !NameRule.bootsAsText(org)) {
      throw refuse(ErrorCode.INVALID_ARGS, "org")
          .expected("an organization that is not a number or a truth value")
          .actual(org)
          .hint("NVFlare's runtime would read it as a number or boolean and stop at startup.")
          .build();
    }
  }

  private static void require(NameRule rule, ErrorCode code, String field, String value) {
    if (!rule.accepts(value)) {
      throw refuse(code, field).expected(rule.expectation()).actual(value).build();
    }
  }
}
