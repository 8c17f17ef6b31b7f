/** Roots of Microsoft's that sign endorsements. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.azure.collateral;
