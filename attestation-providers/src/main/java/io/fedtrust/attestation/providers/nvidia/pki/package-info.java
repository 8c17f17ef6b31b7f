// SPDX-License-Identifier: Apache-2.0
/** Certificate paths and OCSP answers of NVIDIA devices. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.nvidia.pki;
