/**
 * The data that verifiers need in addition to evidence, stored on disk. Start at {@link
 * io.fedtrust.attestation.providers.collateral.CollateralFolder}.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.collateral;
