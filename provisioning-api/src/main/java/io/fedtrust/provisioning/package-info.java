/**
 * The verbs of distributed provisioning. Start at {@link io.fedtrust.provisioning.Provisioning};
 * then, in the order of the journey: {@link io.fedtrust.provisioning.CertificateAuthority}, {@link
 * io.fedtrust.provisioning.RequestBuilder}, {@link io.fedtrust.provisioning.SignedBundle}, {@link
 * io.fedtrust.provisioning.StartupKitPackager}, {@link io.fedtrust.provisioning.StartupKit}.
 *
 * <p>Bad input and refused operations throw {@link
 * io.fedtrust.provisioning.error.ProvisioningException}; nothing is written then and nothing
 * existing is touched. A caller's mistake throws {@link java.lang.IllegalArgumentException} or
 * {@link java.lang.IllegalStateException}. Parameters and results are never null.
 *
 * <p>Not here: centralized provisioning, homomorphic encryption contexts, relays, revocation.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning;
