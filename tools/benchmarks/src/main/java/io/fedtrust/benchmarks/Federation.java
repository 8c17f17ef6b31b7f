// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.account.AccountFolder;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.engine.DefaultProvisioningEngine;
import io.fedtrust.provisioning.core.io.Durability;
import io.fedtrust.provisioning.core.io.FailPoint;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.KeyType;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.model.Scheme;
import io.fedtrust.provisioning.model.ServerEndpoint;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A federation to measure on: real files below the folder of {@code fedtrust.benchmark.dir}. */
final class Federation {
  static final String PROJECT = "bench";

  final Path root;
  final Jca jca = new Jca(Optional.empty(), new SecureRandom());
  final KeyPair keys = DistinctKeys.next();
  final ProvisioningEngine engine;
  final CertificateAuthority ca;
  final ProjectProfile profile =
      new ProjectProfile(
          PROJECT,
          Scheme.GRPC,
          ConnectionSecurity.MTLS,
          new ServerEndpoint("localhost", 8002, 8003));
  private final AtomicInteger next = new AtomicInteger();

  Federation(Durability durability) throws Exception {
    Path base = Path.of(System.getProperty("fedtrust.benchmark.dir", "target"));
    root = Files.createTempDirectory(Files.createDirectories(base), "bench").toRealPath();
    engine =
        new DefaultProvisioningEngine(
            new EngineContext(
                jca,
                Clock.systemUTC(),
                new FileOutput(FailPoint.NONE, durability),
                AccountFolder.at(root.resolve("account")),
                Optional.empty(),
                List.of(),
                warning -> {}),
            jca::generateKeyPair,
            bits -> DistinctKeys.next());
    ca = engine.createAuthority(PROJECT).keyType(KeyType.RSA_2048).in(root.resolve("ca"));
  }

  RequestFolder request() {
    String name = "site-" + next.incrementAndGet();
    return engine
        .request(ParticipantDefinition.of(PROJECT, new Participant.Client(name, "hospital")))
        .writeTo(root.resolve("requests").resolve(name));
  }

  void remove() throws IOException {
    new FileOutput(FailPoint.NONE, Durability.NO_SYNC).deleteTree(root);
  }
}
