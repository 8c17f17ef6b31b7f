/** What Intel publishes of platforms: anchors, names of items, and how to fetch them. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.tdx.collateral;
