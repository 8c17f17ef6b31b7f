/**
 * Confidential-computing attestation for federated learning: types and service interfaces, JDK and
 * SLF4J only.
 *
 * <p>Start at {@link io.fedtrust.attestation.model.Verdict} and {@link
 * io.fedtrust.attestation.policy.FederationPolicy}. The families of evidence are in {@code
 * fedtrust-attestation-providers}.
 */
module io.fedtrust.attestation {
  requires java.naming;
  requires org.slf4j;
  requires static org.jspecify;

  exports io.fedtrust.attestation;
  exports io.fedtrust.attestation.error;
  exports io.fedtrust.attestation.event;
  exports io.fedtrust.attestation.job;
  exports io.fedtrust.attestation.model;
  exports io.fedtrust.attestation.policy;
  exports io.fedtrust.attestation.spi;
}
