// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.JobCaApproval;
import io.fedtrust.provisioning.JobCaApproving;
import io.fedtrust.provisioning.JobCaRequest;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.account.AccountFolder;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.context.FileAuditStore;
import io.fedtrust.provisioning.core.engine.DefaultProvisioningEngine;
import io.fedtrust.provisioning.core.io.Durability;
import io.fedtrust.provisioning.core.io.FailPoint;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.model.AdminRole;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.model.Scheme;
import io.fedtrust.provisioning.model.ServerEndpoint;
import io.fedtrust.provisioning.spi.AuditStore;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import io.fedtrust.provisioning.spi.StartupKitBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPublicKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small federation in a temporary folder: a good CA, good requests, good kits, from which a test
 * spoils exactly one thing. The clock stands still unless a test moves it.
 */
public final class World {
  /** The present of every test. */
  public static final Instant NOW = Instant.parse("2026-11-20T21:30:00Z");

  public static final String PROJECT = "fed_test";

  private static final Map<Integer, KeyPair> KEYS = new ConcurrentHashMap<>();
  private static final int DISTINCT_KEYS = 6;
  private static final int FIRST_CA_KEY = 1000;
  private static final AtomicInteger CA_KEYS = new AtomicInteger();

  public final Path root;
  public final List<String> warnings = new ArrayList<>();
  private final Optional<AuditStore> audit;
  private final List<StartupKitBuilder> builders;
  private final FailPoint failPoint;
  private Instant now = NOW;
  private String account = "account";

  public World(Path root) {
    this(root, List.of(), FailPoint.NONE);
  }

  public World(Path root, List<StartupKitBuilder> builders, FailPoint failPoint) {
    try {
      // Some systems reach their temporary folder through a link.
      this.root = root.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.builders = builders;
    this.failPoint = failPoint;
    this.audit =
        Optional.of(
            new FileAuditStore(
                this.root.resolve("home/.nvflare"),
                new FileOutput(FailPoint.NONE, Durability.NO_SYNC)));
  }

  /** Moves the clock. */
  public World at(Instant instant) {
    now = instant;
    return this;
  }

  public World later(Duration duration) {
    return at(now.plus(duration));
  }

  /** Goes on as another account of this machine, which keeps what it has seen in its own folder. */
  public World as(String otherAccount) {
    account = otherAccount;
    return this;
  }

  public ProvisioningEngine engine() {
    return engine(audit);
  }

  public ProvisioningEngine engineWithoutAudit() {
    return engine(Optional.empty());
  }

  private ProvisioningEngine engine(Optional<AuditStore> store) {
    return new DefaultProvisioningEngine(host(store), bits -> caKey(), bits -> nextKey());
  }

  public EngineContext host() {
    return host(audit);
  }

  private EngineContext host(Optional<AuditStore> store) {
    FileOutput output =
        new FileOutput(
            failPoint, failPoint == FailPoint.NONE ? Durability.NO_SYNC : Durability.SYNC);
    return new EngineContext(
        jca(),
        Clock.fixed(now, ZoneOffset.UTC),
        output,
        AccountFolder.at(root.resolve(account), output),
        store,
        builders,
        warnings::add);
  }

  public static Jca jca() {
    return new Jca(Optional.empty(), new SecureRandom());
  }

  /** Another than the last few CAs of this JVM have; in a crashing process it comes from a file. */
  private KeyPair caKey() throws GeneralSecurityException {
    return failPoint == FailPoint.NONE
        ? key(FIRST_CA_KEY + CA_KEYS.getAndIncrement() % DISTINCT_KEYS)
        : fixtureKey(1);
  }

  /** Writes the keys that a crashing process takes: others than any request here has. */
  public void writeFixtureKeys() throws IOException {
    for (int number = 0; number < 2; number++) {
      Files.write(
          path("fixture-" + number + ".pem"), KeyFiles.encode(key(10 + number).getPrivate()));
    }
  }

  private KeyPair fixtureKey(int number) throws GeneralSecurityException {
    try {
      byte[] pem = Files.readAllBytes(path("fixture-" + number + ".pem"));
      RSAPrivateCrtKey key = (RSAPrivateCrtKey) KeyFiles.decode(pem, new char[0], jca());
      return new KeyPair(
          KeyFactory.getInstance("RSA")
              .generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent())),
          key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private KeyPair nextKey() throws GeneralSecurityException {
    if (failPoint != FailPoint.NONE) {
      return fixtureKey(0);
    }
    return TestKeys.next();
  }

  public static KeyPair key(int number) {
    return KEYS.computeIfAbsent(number, ignored -> TestKeys.next());
  }

  public Path path(String name) {
    return root.resolve(name);
  }

  public Path write(String name, String text) {
    try {
      Path file = path(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public ProjectProfile profile() {
    return profile(ConnectionSecurity.MTLS);
  }

  public ProjectProfile profile(ConnectionSecurity security) {
    return new ProjectProfile(
        PROJECT, Scheme.GRPC, security, new ServerEndpoint("localhost", 8002, 8003));
  }

  public static Participant.Server server() {
    return new Participant.Server("localhost", "central", "127.0.0.1", "fl.example.org");
  }

  public static Participant.Client client(String name) {
    return new Participant.Client(name, "hospital");
  }

  public static Participant.Admin lead() {
    return new Participant.Admin("lead@example.org", "hospital", AdminRole.LEAD);
  }

  public static ParticipantDefinition definition(Participant participant) {
    return ParticipantDefinition.of(PROJECT, participant);
  }

  /** Makes the CA in {@code ca/}, or opens it. */
  public CertificateAuthority ca() {
    Path folder = path("ca");
    return Files.exists(folder.resolve("rootCA.key"))
        ? engine().openAuthority(folder).open()
        : engine().createAuthority(PROJECT).in(folder);
  }

  public RequestFolder request(Participant participant) {
    return request(definition(participant));
  }

  public RequestFolder request(ParticipantDefinition definition) {
    return engine().request(definition).writeTo(path(definition.participant().name()));
  }

  /** Makes a request in a folder of its own: another one of the same name, for example. */
  public RequestFolder request(Participant participant, String folder) {
    return engine().request(definition(participant)).writeTo(path(folder));
  }

  /** As {@link #request(Participant, String)}, for a key that exists already. */
  public RequestFolder request(Participant participant, String folder, KeyPair key) {
    return new DefaultProvisioningEngine(host(), bits -> key, bits -> key)
        .request(definition(participant))
        .writeTo(path(folder));
  }

  /** What the requester reads to the approver. */
  public static KeyFingerprint keyOf(RequestFolder request) {
    return new KeyFingerprint(request.metadata().publicKeySha256());
  }

  public Approval approve(RequestFolder request) {
    return approve(request, profile());
  }

  public Approval approve(RequestFolder request, ProjectProfile profile) {
    return ca().approve(request.requestZip()).against(profile).write();
  }

  /** Makes the companion request for the job CA of a server whose request is in a folder. */
  public JobCaRequest jobCaRequest(String folder) {
    return engine().jobCaRequest(path(folder)).write();
  }

  public JobCaApproving approving(JobCaRequest request) {
    return ca().approveJobCa(request.requestZip()).against(profile()).acceptRisk();
  }

  /** The whole journey of the server's job CA: its signed zip. */
  public JobCaApproval jobCa() {
    return approving(jobCaRequest(server().name())).write();
  }

  public StartupKit packageKit(Approval approval) {
    return packageKit(approval.signedZip());
  }

  public StartupKit packageKit(Path signedZip) {
    return engine()
        .packager(engine().openBundle(signedZip).trust(ca().fingerprint()))
        .packageInto(path("workspace"));
  }

  /** The whole journey of one participant. */
  public StartupKit kit(Participant participant) {
    return packageKit(approve(request(participant)));
  }

  public StartupKit kit(Participant participant, ConnectionSecurity security) {
    return packageKit(approve(request(participant), profile(security)));
  }
}
