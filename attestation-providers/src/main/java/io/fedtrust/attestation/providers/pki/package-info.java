// SPDX-License-Identifier: Apache-2.0
/** Certificates, revocation lists and signatures, as every family checks them. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.pki;
