// SPDX-License-Identifier: Apache-2.0
/** What collectors of several families share: the kernel's interface to reports. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.collector;
