// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import io.fedtrust.provisioning.core.account.AccountFolder;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.context.FileAuditStore;
import io.fedtrust.provisioning.core.context.SetOnce;
import io.fedtrust.provisioning.core.engine.DefaultProvisioningEngine;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.spi.AuditStore;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import io.fedtrust.provisioning.spi.StartupKitBuilder;
import java.nio.file.Path;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes an engine with the caller's own surroundings. Each option may be set once; a signer or
 * ledger is an option of opening a CA.
 */
public final class EngineBuilder {
  private static final Logger LOG = LoggerFactory.getLogger("io.fedtrust.provisioning");

  private final SetOnce<Provider> provider = new SetOnce<>("provider");
  private final SetOnce<Clock> clock = new SetOnce<>("clock");
  private final SetOnce<SecureRandom> random = new SetOnce<>("random");
  private final SetOnce<Path> account = new SetOnce<>("account folder");
  private final SetOnce<AuditStore> audit = new SetOnce<>("audit store");
  private final SetOnce<List<StartupKitBuilder>> kitBuilders = new SetOnce<>("kit builders");
  private final SetOnce<Consumer<String>> warnings = new SetOnce<>("warnings");

  /** Starts with the defaults. */
  public EngineBuilder() {}

  /**
   * Uses one security provider for RSA; it is not registered. Default: the JDK's preference order.
   *
   * @param rsa must have RSA keys, SHA256withRSA and RSASSA-PSS
   * @return this builder
   */
  public EngineBuilder provider(Provider rsa) {
    provider.set(rsa);
    return this;
  }

  /**
   * Uses a clock. Default: the system clock.
   *
   * @param instants the clock; its zone does not matter
   * @return this builder
   */
  public EngineBuilder clock(Clock instants) {
    clock.set(instants);
    return this;
  }

  /**
   * Uses a source of randomness for keys, serial numbers and request ids. Default: the platform's.
   *
   * @param source must be unpredictable
   * @return this builder
   */
  public EngineBuilder random(SecureRandom source) {
    random.set(source);
    return this;
  }

  /**
   * Keeps what this account must remember elsewhere than in its home: the key that protects
   * journals of interrupted commands, and the newest ledger heads seen. Default: {@code .fedtrust}
   * in the home of the account, as the user database names it.
   *
   * @param folder only the account itself may be able to write to it; created with mode 0700
   * @return this builder
   */
  public EngineBuilder accountFolder(Path folder) {
    account.set(folder);
    return this;
  }

  /**
   * Keeps audit records in a folder as NVFlare does. Default: none.
   *
   * @param folder normally {@code ~/.nvflare}
   * @return this builder
   */
  public EngineBuilder auditFolder(Path folder) {
    return audit(new FileAuditStore(folder, FileOutput.durable()));
  }

  /**
   * Keeps audit records elsewhere. Default: none.
   *
   * @param store the store
   * @return this builder
   */
  public EngineBuilder audit(AuditStore store) {
    audit.set(store);
    return this;
  }

  /**
   * Registers builders for definitions. Default: those found through {@link
   * java.util.ServiceLoader}.
   *
   * @param builders found by their exact path
   * @return this builder
   */
  public EngineBuilder kitBuilders(List<StartupKitBuilder> builders) {
    kitBuilders.set(List.copyOf(builders));
    return this;
  }

  /**
   * Receives what does not stop an operation but should be told. Default: the logger {@code
   * io.fedtrust.provisioning}.
   *
   * @param listener called on the thread of the operation
   * @return this builder
   */
  public EngineBuilder warnings(Consumer<String> listener) {
    warnings.set(listener);
    return this;
  }

  /**
   * Makes the engine.
   *
   * @return an engine, safe for use by several threads
   */
  public ProvisioningEngine build() {
    return new DefaultProvisioningEngine(
        new EngineContext(
            new Jca(provider.get(), random.get().orElseGet(SecureRandom::new)),
            clock.get().orElseGet(Clock::systemUTC),
            FileOutput.durable(),
            account.get().map(AccountFolder::at).orElseGet(AccountFolder::ofProcess),
            audit.get(),
            kitBuilders.get().orElseGet(DefaultProvisioningEngine::discoveredKitBuilders),
            warnings.or(LOG::warn)));
  }
}
