/** Where AMD's endorsements come from: anchors, names of collateral items, the key service. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.snp.collateral;
