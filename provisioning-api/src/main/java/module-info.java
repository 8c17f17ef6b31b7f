/**
 * Distributed provisioning for federated learning: types and service interfaces, JDK only.
 *
 * <p>Start at {@link io.fedtrust.provisioning.Provisioning}. The engine behind the verbs is in
 * {@code fedtrust-provisioning-core} and is found through {@link java.util.ServiceLoader}.
 */
module io.fedtrust.provisioning {
  requires static org.jspecify;

  exports io.fedtrust.provisioning;
  exports io.fedtrust.provisioning.error;
  exports io.fedtrust.provisioning.model;
  exports io.fedtrust.provisioning.spi;

  uses io.fedtrust.provisioning.spi.ProvisioningEngine;
}
