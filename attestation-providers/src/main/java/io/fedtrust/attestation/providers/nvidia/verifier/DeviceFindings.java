// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.providers.checks.Expiry;
import java.util.List;
import java.util.Optional;

/**
 * The result of one device.
 *
 * @param checks in the order made
 * @param notes what a reader must know
 * @param used what it rests on
 * @param facts what it says, if its own signature and certificates are proven
 * @param ends when what it rests on ends, if it got that far
 */
record DeviceFindings(
    List<Check> checks,
    List<String> notes,
    List<CollateralUse> used,
    Optional<DeviceFacts> facts,
    Optional<Expiry> ends) {}
