// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.family;

import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A service that signs tokens, whose keys have no vendor root.
 *
 * @param name one lower-case word, for example {@code ita}
 * @param text who runs it
 * @param kind of its keys in a collateral folder
 * @param issuer what the vendor's own service calls itself in {@code iss}; empty where the user
 *     must name an instance
 * @param subject names the keys of an issuer in a collateral folder; throws {@link
 *     IllegalArgumentException} with a message for the user, for an issuer that cannot be one
 */
public record KeyService(
    String name,
    String text,
    String kind,
    Optional<String> issuer,
    UnaryOperator<String> subject) {}
