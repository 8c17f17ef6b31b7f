// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.providers.azure.format.UvmEndorsement;
import io.fedtrust.attestation.providers.checks.Validity;
import io.fedtrust.attestation.providers.pki.AnchoredRoot;
import java.util.List;
import java.util.Optional;

/**
 * The facts about an endorsement that do not depend on the time.
 *
 * @param statement what it says
 * @param checks algorithm, chain, anchor, key, signature
 * @param proven whether every one of them passed
 * @param root if it is trusted
 * @param validity of all its certificates
 */
record ProvenUvm(
    UvmEndorsement.Statement statement,
    List<Check> checks,
    boolean proven,
    Optional<AnchoredRoot> root,
    Validity validity) {}
