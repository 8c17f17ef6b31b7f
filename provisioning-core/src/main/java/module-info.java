/**
 * The engine of distributed provisioning. Programs use the verbs of {@code
 * io.fedtrust.provisioning}; {@link io.fedtrust.provisioning.core.EngineBuilder} makes an engine
 * with a clock, provider, ledger or signer of the caller's choice.
 */
module io.fedtrust.provisioning.core {
  requires transitive io.fedtrust.provisioning;
  requires org.apache.commons.compress;
  requires org.bouncycastle.provider;
  requires org.slf4j;
  requires org.yaml.snakeyaml;
  requires tools.jackson.core;
  requires static org.jspecify;

  exports io.fedtrust.provisioning.core;

  provides io.fedtrust.provisioning.spi.ProvisioningEngine with
      io.fedtrust.provisioning.core.engine.DefaultProvisioningEngine;

  uses io.fedtrust.provisioning.spi.StartupKitBuilder;
}
