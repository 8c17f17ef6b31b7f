// SPDX-License-Identifier: Apache-2.0
/** Bounded reading: bytes, base64, JSON, YAML, files. Knows no evidence and no certificate. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.codec;
