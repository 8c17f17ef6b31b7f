/**
 * What verifiers need beside evidence, kept on disk. Start at {@link
 * io.fedtrust.attestation.providers.collateral.CollateralFolder}.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.collateral;
