// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.engine;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.Inspector;
import io.fedtrust.provisioning.JobCaRequestBuilder;
import io.fedtrust.provisioning.RequestBuilder;
import io.fedtrust.provisioning.SignedBundle;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.StartupKitPackager;
import io.fedtrust.provisioning.UntrustedBundle;
import io.fedtrust.provisioning.core.account.AccountFolder;
import io.fedtrust.provisioning.core.bundle.BundleCheck;
import io.fedtrust.provisioning.core.bundle.BundleReader;
import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.ca.CaCreation;
import io.fedtrust.provisioning.core.ca.CaOpening;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.DefinitionDocument;
import io.fedtrust.provisioning.core.document.ProfileDocument;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.kit.DefaultStartupKitPackager;
import io.fedtrust.provisioning.core.kit.FileStartupKit;
import io.fedtrust.provisioning.core.request.DefaultRequestBuilder;
import io.fedtrust.provisioning.core.request.JobCaRequestRun;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyPairs;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import io.fedtrust.provisioning.spi.StartupKitBuilder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine: every verb of the API in terms of the rooms of this module. */
public final class DefaultProvisioningEngine implements ProvisioningEngine {
  private static final Logger LOG = LoggerFactory.getLogger("io.fedtrust.provisioning");

  private final EngineContext host;
  private final KeyPairs caKeys;
  private final KeyPairs requestKeys;

  /** Makes the engine with its defaults, for {@link ServiceLoader}. */
  public DefaultProvisioningEngine() {
    this(
        new EngineContext(
            new Jca(Optional.empty(), new SecureRandom()),
            Clock.systemUTC(),
            FileOutput.durable(),
            AccountFolder.ofProcess(),
            Optional.empty(),
            discoveredKitBuilders(),
            LOG::warn));
  }

  /** Makes an engine for a host. */
  public DefaultProvisioningEngine(EngineContext host) {
    this(host, host.jca()::generateKeyPair, host.jca()::generateKeyPair);
  }

  /** Makes an engine that takes key pairs from elsewhere: for tests and benchmarks. */
  public DefaultProvisioningEngine(EngineContext host, KeyPairs caKeys, KeyPairs requestKeys) {
    this.host = host;
    this.caKeys = caKeys;
    this.requestKeys = requestKeys;
  }

  /** Returns the builders on the class or module path. */
  public static List<StartupKitBuilder> discoveredKitBuilders() {
    return ServiceLoader.load(
            StartupKitBuilder.class, DefaultProvisioningEngine.class.getClassLoader())
        .stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  @Override
  public ProjectProfile readProfile(Path file) {
    return ProfileDocument.read(file);
  }

  @Override
  public String readProjectName(Path file) {
    return ProfileDocument.readName(file);
  }

  @Override
  public ParticipantDefinition readDefinition(Path file) {
    return DefinitionDocument.read(file);
  }

  @Override
  public CertificateAuthority.Creation createAuthority(String project) {
    return new CaCreation(project, caKeys, host);
  }

  @Override
  public CertificateAuthority.Opening openAuthority(Path caFolder) {
    return new CaOpening(caFolder, host);
  }

  @Override
  public ApprovalLedger ledger(Path caFolder) {
    return CaOpening.ledger(caFolder, host);
  }

  @Override
  public RequestBuilder request(ParticipantDefinition definition) {
    return new DefaultRequestBuilder(definition, requestKeys, host);
  }

  @Override
  public JobCaRequestBuilder jobCaRequest(Path requestFolder) {
    return new JobCaRequestRun(requestFolder, requestKeys, host);
  }

  @Override
  public UntrustedBundle openBundle(Path signedZip) {
    return new BundleReader(host, new CheckProgress<>(BundleCheck.class)).read(signedZip);
  }

  @Override
  public StartupKitPackager packager(SignedBundle bundle) {
    return new DefaultStartupKitPackager(VerifiedBundle.from(bundle), host);
  }

  @Override
  public StartupKit openKit(Path kitFolder) {
    return FileStartupKit.open(kitFolder, host);
  }

  @Override
  public Inspector inspect(Path path) {
    return new DefaultInspector(path, host);
  }

  @Override
  public List<String> clean(Path folder, boolean delete) {
    return new Cleaning(host).clean(folder, delete);
  }

  @Override
  public List<String> discardJournals(Path folder) {
    return new Cleaning(host).discardJournals(folder);
  }
}
