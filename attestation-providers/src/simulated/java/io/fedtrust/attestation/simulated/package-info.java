/**
 * Evidence made in software, for embedders without the hardware, for tests and for demonstrations.
 * Start at {@link io.fedtrust.attestation.simulated.SimulatedSnpPlatform}, {@link
 * io.fedtrust.attestation.simulated.SimulatedTdxPlatform} or {@link
 * io.fedtrust.attestation.simulated.SimulatedGpuHost}.
 *
 * <p>Evidence, certificates, documents and lists are real cryptography under a root of their own,
 * which no verifier trusts unless {@code anchor()} is named; every verdict on such evidence says
 * SIMULATED.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.simulated;
