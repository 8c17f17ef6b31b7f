// SPDX-License-Identifier: Apache-2.0
/** A federation of processes over mutual TLS, on simulated hardware: the example to copy. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.federation;
