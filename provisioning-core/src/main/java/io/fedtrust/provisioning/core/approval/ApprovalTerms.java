// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.CertificateIssuer;
import io.fedtrust.provisioning.core.x509.JobCaChain;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalStatement;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.HostName;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.ParticipantKind;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.model.RequestMetadata;
import io.fedtrust.provisioning.model.ServerNames;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What the CA and the profile make of a request.
 *
 * @param profile the endpoint and defaults
 * @param subjectAlternativeNames as {@code DNS:name} or {@code IP:address}
 * @param notBefore start of validity
 * @param notAfter end of validity
 */
public record ApprovalTerms(
    ProjectProfile profile,
    List<String> subjectAlternativeNames,
    Instant notBefore,
    Instant notAfter) {
  /** Names of NVFlare's own: its embedded administrator and the server of a relay's kit. */
  private static final Set<String> RESERVED = Set.of("nvflare-admin", "__nvflare_dummy_server__");

  /** Refuses a request that belongs to another project than the CA. */
  public static void requireSameProject(RequestMetadata request, IssuingAuthority ca) {
    if (!request.project().equals(ca.document().project())) {
      throw refuse(ErrorCode.PROJECT_CA_MISMATCH, "project")
          .expected(ca.document().project() + ", the CA's project")
          .actual(request.project())
          .build();
    }
  }

  /** Decides, or refuses. */
  public static ApprovalTerms decide(
      VerifiedRequest request,
      ProjectProfile profile,
      IssuingAuthority ca,
      Instant now,
      Duration validity) {
    RequestMetadata asked = request.metadata();
    requireSameProject(asked, profile);
    String host = profile.server().host();
    if (asked.certType() == CertType.SERVER) {
      requireServersName(asked.name(), profile);
    } else if (asked.name().equalsIgnoreCase(host)) {
      throw refuse(ErrorCode.INVALID_NAME, "name")
          .expected("another name than the server's")
          .actual(asked.name())
          .hint("A participant named like the server could pose as it.")
          .build();
    }
    requireNotReserved(asked);
    return within(alternativeNames(request, profile), asked, profile, ca, now, validity);
  }

  /** Decides about a job CA, or refuses. */
  public static ApprovalTerms decide(
      VerifiedJobCaRequest request,
      ProjectProfile profile,
      IssuingAuthority ca,
      Instant now,
      Duration validity) {
    RequestMetadata asked = request.metadata();
    requireSameProject(asked, profile);
    requireServersName(request.server().name(), profile);
    return within(List.of("DNS:" + asked.name()), asked, profile, ca, now, validity);
  }

  private static void requireSameProject(RequestMetadata asked, ProjectProfile profile) {
    if (!profile.name().equals(asked.project())) {
      throw refuse(ErrorCode.PROJECT_PROFILE_MISMATCH, "project")
          .expected(profile.name() + ", the profile's project")
          .actual(asked.project())
          .build();
    }
  }

  private static void requireServersName(String name, ProjectProfile profile) {
    String host = profile.server().host();
    if (!name.equals(host)) {
      throw refuse(ErrorCode.SERVER_NAME_HOST_MISMATCH, "server name")
          .expected(host + ", the profile's server.host")
          .actual(name)
          .build();
    }
  }

  private static ApprovalTerms within(
      List<String> names,
      RequestMetadata asked,
      ProjectProfile profile,
      IssuingAuthority ca,
      Instant now,
      Duration validity) {
    requireOtherKey(asked, ca.root());
    requireUsable(ca.root(), now);
    Instant earliest = now.minus(CertificateIssuer.BACKDATING);
    Instant notBefore = earliest.isBefore(ca.root().notBefore()) ? ca.root().notBefore() : earliest;
    Instant wanted = now.plus(validity);
    Instant notAfter = wanted.isAfter(ca.root().notAfter()) ? ca.root().notAfter() : wanted;
    return new ApprovalTerms(profile, names, notBefore, notAfter);
  }

  /** Returns the terms of an approval that was begun. */
  static ApprovalTerms of(LedgerEntry.Intent intent) {
    ApprovalStatement decided = intent.statement();
    return new ApprovalTerms(
        decided.profile(),
        decided.subjectAlternativeNames(),
        CertificateIssuer.notBefore(intent.tbsCertificate()),
        decided.notAfter());
  }

  /** Refuses names that stand for something else in a federation. */
  private static void requireNotReserved(RequestMetadata asked) {
    String name = asked.name().toLowerCase(Locale.ROOT);
    String project = asked.project().toLowerCase(Locale.ROOT);
    boolean reserved =
        RESERVED.contains(name)
            || name.equals(JobCaChain.commonName(project))
            || (asked.certType().kind() == ParticipantKind.SERVER
                ? name.equals(project)
                : name.equals("server") || HostName.isLoopback(name));
    if (reserved) {
      throw refuse(ErrorCode.INVALID_NAME, "name")
          .expected("a name that NVFlare does not reserve")
          .actual(asked.name())
          .build();
    }
  }

  private static void requireOtherKey(RequestMetadata asked, CertificateFile root) {
    if (asked.publicKeySha256().equals(root.publicKeySha256())) {
      throw refuse(ErrorCode.KEY_ALREADY_CERTIFIED, "public key")
          .expected("a key other than the CA's")
          .actual(new KeyFingerprint(asked.publicKeySha256()))
          .hint("The requester has the CA's private key. Find out how, then create a new CA.")
          .build();
    }
  }

  /** Refuses a CA certificate that cannot issue now. */
  public static void requireUsable(CertificateFile root, Instant now) {
    if (!root.isCa() || !root.mayCertify()) {
      throw refuse(ErrorCode.CERT_SIGNING_FAILED, "rootCA.pem")
          .problem("not a CA certificate that may sign certificates")
          .build();
    }
    if (!root.isSelfSigned()) {
      throw refuse(ErrorCode.CERT_SIGNING_FAILED, "rootCA.pem")
          .problem("is not self-signed: another CA issued it")
          .hint(
              "Chains of this CA do not verify. NVFlare makes such CAs with --org; make a new one.")
          .build();
    }
    if (now.isBefore(root.notBefore()) || !now.isBefore(root.notAfter())) {
      throw refuse(ErrorCode.CERT_SIGNING_FAILED, "rootCA.pem validity")
          .expected(
              "now within "
                  + Timestamps.text(root.notBefore())
                  + " and "
                  + Timestamps.text(root.notAfter()))
          .actual(Timestamps.text(now))
          .build();
    }
  }

  /** Returns the names of a server's certificate, or refuses them; with warnings. */
  public static ServerNames serverNames(VerifiedRequest request, ProjectProfile profile) {
    return ServerNames.of(profile.server().host(), request.hostNames());
  }

  private static List<String> alternativeNames(VerifiedRequest request, ProjectProfile profile) {
    if (request.metadata().certType() != CertType.SERVER) {
      return List.of("DNS:" + request.metadata().name());
    }
    return serverNames(request, profile).names().stream()
        .map(HostName::text)
        .map(CertificateIssuer::alternativeName)
        .toList();
  }
}
