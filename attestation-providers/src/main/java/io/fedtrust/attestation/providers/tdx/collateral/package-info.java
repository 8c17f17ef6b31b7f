/** Intel's documents about platforms: anchors, names of items, and a client that fetches them. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.tdx.collateral;
