/**
 * Confidential-computing attestation for federated learning: types and service interfaces. The
 * packages are filled by the attestation half of the product; nothing is exported yet.
 */
module io.fedtrust.attestation {
  requires static org.jspecify;
}
