/** The sources of AMD's endorsements: anchors, names of collateral items, the key service. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.snp.collateral;
