// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.family;

import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.FetchSettings;
import java.net.URI;
import java.time.Clock;

/**
 * What a user chooses for fetching.
 *
 * @param clock tells the time
 * @param folder where what is fetched is kept
 * @param options of {@link FamilyOption.Use#FETCH}
 */
public record FetchChoices(Clock clock, CollateralFolder folder, OptionValues options) {
  /**
   * Applies the choices to a client.
   *
   * @param builder of the client
   * @param service option that names another address than the vendor's; it has a standard value
   * @param <B> the builder
   * @return the builder
   */
  public <B extends FetchSettings.Builder<B>> B apply(B builder, FamilyOption<URI> service) {
    return builder
        .base(
            options
                .find(service)
                .orElseThrow(() -> new InvalidOptionException(service, "an address is required")))
        .clock(clock)
        .folder(folder);
  }
}
