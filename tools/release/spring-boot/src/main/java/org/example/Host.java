// SPDX-License-Identifier: Apache-2.0
package org.example;

import io.fedtrust.attestation.model.PolicyIdentity;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.Provisioning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves facts about a CA and a policy as JSON. */
@SpringBootApplication
@RestController
public class Host {
  /** Facts about a CA, with a date and a list for JSON. */
  public record Authority(String fingerprint, Instant created, List<String> names) {}

  /** The name of a policy. */
  public record Policy(String id, String version) {}

  public static void main(String[] args) {
    SpringApplication.run(Host.class, args);
  }

  /** Creates a CA, with FedTrust's YAML, JSON and cryptography. */
  @GetMapping("/authority")
  public Authority authority() throws IOException {
    Path folder = Files.createTempDirectory("host");
    Path profile =
        Files.writeString(
            folder.resolve("project_profile.yaml"),
            """
            name: my_federation
            scheme: grpc
            connection_security: mtls
            server: {host: localhost, fed_learn_port: 8002, admin_port: 8003}
            """);
    CertificateAuthority ca =
        CertificateAuthority.create(Provisioning.readProfile(profile)).in(folder.resolve("ca"));
    return new Authority(ca.fingerprint().toString(), Instant.EPOCH, List.of());
  }

  /** Reads a policy, with FedTrust's JSON and the vocabularies of all families. */
  @GetMapping("/policy")
  public Policy policy() throws IOException {
    Path file =
        Files.writeString(
            Files.createTempFile("policy", ".json"),
            """
            {"id": "p", "version": 3, "reviewed": true, "sites": {"*": {"x-snp": {}}}}
            """);
    PolicyIdentity identity = FederationPolicies.read(file).identity();
    return new Policy(identity.id(), identity.version());
  }
}
