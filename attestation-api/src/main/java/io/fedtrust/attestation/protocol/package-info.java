// SPDX-License-Identifier: Apache-2.0
/** Messages between sites and the bytes that their signatures cover. Not exported. */
@NullMarked
package io.fedtrust.attestation.protocol;

import org.jspecify.annotations.NullMarked;
