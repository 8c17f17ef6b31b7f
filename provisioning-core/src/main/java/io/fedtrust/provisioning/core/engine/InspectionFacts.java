// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.engine;

import io.fedtrust.provisioning.core.bundle.JobCaBundle;
import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.document.JobCaSignedDocument;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.kit.FileStartupKit;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.JobCaChain;
import io.fedtrust.provisioning.core.x509.Subject;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.BuilderSpec;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Inspection.Source;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import io.fedtrust.provisioning.model.RequestMetadata;
import io.fedtrust.provisioning.model.Scheme;
import java.io.IOException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;

/** Who and what an inspected thing is, in the order it is shown, and who vouches for each of it. */
final class InspectionFacts {
  private static final int DNS_NAME = 2;
  private static final int URI = 6;
  private static final int IP_ADDRESS = 7;

  private final Map<String, String> facts = new LinkedHashMap<>();
  private final Map<String, Source> sources = new LinkedHashMap<>();

  Map<String, String> all() {
    return Collections.unmodifiableMap(facts);
  }

  Map<String, Source> sources() {
    return Collections.unmodifiableMap(sources);
  }

  /** Adds a fact that no signature covers. */
  void put(String name, String value) {
    put(Source.LOCAL, name, value);
  }

  private void put(Source source, String name, String value) {
    facts.put(name, value);
    sources.put(name, source);
  }

  private void signed(String name, String value) {
    put(Source.SIGNED, name, value);
  }

  private void requested(String name, String value) {
    put(Source.REQUESTED, name, value);
  }

  String get(String name) {
    return facts.getOrDefault(name, "");
  }

  void request(RequestMetadata request) {
    requester(request);
    requested("cert_type", request.certType().text());
    requestedKey(request);
  }

  private void requester(RequestMetadata request) {
    requested("request_id", request.requestId());
    requested("created_at", request.createdAt());
    requested("project", request.project());
    requested("name", request.name());
    requested("org", request.org());
  }

  private void requestedKey(RequestMetadata request) {
    requested("csr_sha256", request.csrSha256());
    requested("public_key_sha256", request.publicKeySha256());
    requested("comparison_code", new KeyFingerprint(request.publicKeySha256()).comparisonCode());
  }

  /** What a participant's own definition says beyond the request; it never leaves its machine. */
  void definition(ParticipantDefinition definition) {
    if (definition.participant() instanceof Participant.Server server) {
      server
          .connectionSecurity()
          .map(ConnectionSecurity::text)
          .ifPresent(own -> put("own_connection_security", own));
    }
    definition
        .participant()
        .customCaCert()
        .ifPresent(file -> put("custom_ca_cert", file.toString()));
    if (!definition.builders().isEmpty()) {
      put(
          "builders",
          String.join(", ", definition.builders().stream().map(BuilderSpec::path).toList()));
    }
  }

  void bundle(VerifiedBundle bundle) {
    ApprovalMetadata approval = bundle.metadata();
    signed("request_id", approval.requestId());
    approval.approvedAt().ifPresent(at -> signed("approved_at", Timestamps.text(at)));
    signed("project", approval.project());
    signed("name", approval.name());
    signed("org", approval.org());
    signed("cert_type", approval.certType().text());
    signed(
        "endpoint",
        endpoint(approval.scheme(), approval.server().host(), approval.server().fedLearnPort()));
    signed("admin_port", String.valueOf(approval.server().adminPort()));
    signed("default_connection_security", approval.connectionSecurity().text());
    signed("provision_version", approval.deployVersion().text());
    signed("serial", bundle.leaf().serial());
    signed("subject_alternative_names", alternativeNames(bundle.leaf()));
    signed("rootca_fingerprint_sha256", approval.rootFingerprint().text());
    validity(Source.SIGNED, bundle.leaf());
  }

  /** The certificate is signed; the JSON beside it, and the choice of a root, are not. */
  void kit(FileStartupKit kit) {
    X509Certificate leaf = kit.certificateChain().get(0);
    X500Name subject = X500Name.getInstance(leaf.getSubjectX500Principal().getEncoded());
    put("project", kit.project());
    signed("name", kit.name());
    signed("org", kit.org());
    put(
        Subject.certType(subject).isPresent() ? Source.SIGNED : Source.LOCAL,
        "cert_type",
        kit.certType().text());
    put(
        "endpoint",
        endpoint(kit.endpoint().scheme(), kit.endpoint().host(), kit.endpoint().port()));
    put("connection_security", kit.connectionSecurity().text());
    put("rootca_fingerprint_sha256", kit.fingerprint().text());
    signed("subject_alternative_names", alternativeNames(leaf));
    signed("valid_until", Timestamps.text(leaf.getNotAfter().toInstant()));
  }

  void root(CertificateFile root) {
    validity(Source.LOCAL, root);
  }

  private void validity(Source source, CertificateFile certificate) {
    put(source, "valid_from", Timestamps.text(certificate.notBefore()));
    put(source, "valid_until", Timestamps.text(certificate.notAfter()));
  }

  private static String endpoint(Scheme scheme, String host, int port) {
    return scheme.text() + "://" + host + ":" + port;
  }

  private static String alternativeNames(CertificateFile certificate) {
    try {
      return alternativeNames(certificate.toX509());
    } catch (IOException e) {
      return "unreadable";
    }
  }

  /** Names of hosts, and what else there is: URIs of studies, for example, which name nobody. */
  private static String alternativeNames(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? "none"
          : String.join(", ", names.stream().map(InspectionFacts::alternativeName).toList());
    } catch (CertificateParsingException e) {
      return "unreadable";
    }
  }

  private static String alternativeName(List<?> name) {
    int kind = (Integer) name.get(0);
    return switch (kind) {
      case DNS_NAME -> "DNS:" + name.get(1);
      case IP_ADDRESS -> "IP:" + name.get(1);
      case URI -> "URI:" + name.get(1);
      default -> "a name of kind " + kind;
    };
  }

  void jobCaRequest(RequestMetadata request, JobCaServer server) {
    requester(request);
    server(Source.REQUESTED, server);
    requestedKey(request);
  }

  void jobCaBundle(JobCaBundle bundle) {
    JobCaSignedDocument.Content approval = bundle.approval();
    signed("request_id", approval.requestId());
    signed("approved_at", Timestamps.text(approval.approvedAt()));
    signed("project", approval.project());
    signed("name", approval.name());
    signed("org", approval.org());
    server(Source.SIGNED, approval.server());
    signed("serial", approval.serial());
    signed("public_key_sha256", approval.publicKey().hex());
    signed("rootca_fingerprint_sha256", approval.rootFingerprint().text());
  }

  private void server(Source source, JobCaServer server) {
    put(source, "server", server.name());
    put(source, "server_request_id", server.requestId());
    put(source, "server_public_key_sha256", server.publicKey().hex());
  }

  /** When a job CA can no longer be used, and how long that is from now. */
  void jobCaEnd(JobCaChain chain, Instant now) {
    put("job_ca_valid_until", Timestamps.text(chain.earliestEnd()));
    put("job_ca_days_left", daysLeft(chain.earliestEnd(), now));
  }

  /** How many job CAs of a ledger are valid, and how long the first of them to end. */
  void jobCas(List<ApprovalRecord> records, Instant now) {
    List<Instant> ends =
        records.stream()
            .filter(record -> record.certType() == CertType.JOB_CA && record.holdsNames(now))
            .map(ApprovalRecord::validUntil)
            .sorted()
            .toList();
    if (!ends.isEmpty()) {
      put("job_cas", String.valueOf(ends.size()));
      put("job_ca_days_left", daysLeft(ends.get(0), now));
    }
  }

  private static String daysLeft(Instant end, Instant now) {
    return String.valueOf(Math.max(0, Duration.between(now, end).toDays()));
  }
}
