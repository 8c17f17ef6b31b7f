// SPDX-License-Identifier: Apache-2.0
/** Channels between sites. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.channel;
