// SPDX-License-Identifier: Apache-2.0
/** The kernel's interface to reports, which collectors of several families share. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.collector;
