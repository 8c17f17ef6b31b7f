// SPDX-License-Identifier: Apache-2.0
/** Encodings below the model: plain maps, length-prefixed bytes, digests. Not exported. */
@NullMarked
package io.fedtrust.attestation.encoding;

import org.jspecify.annotations.NullMarked;
