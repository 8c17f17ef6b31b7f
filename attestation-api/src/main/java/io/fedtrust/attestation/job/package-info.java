// SPDX-License-Identifier: Apache-2.0
/** Types for the scheduler of a host: requirements, decisions, retries and hooks. */
@NullMarked
package io.fedtrust.attestation.job;

import org.jspecify.annotations.NullMarked;
