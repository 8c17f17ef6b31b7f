// SPDX-License-Identifier: Apache-2.0
/** What a manager decides, as events for listeners and logs. */
@NullMarked
package io.fedtrust.attestation.event;

import org.jspecify.annotations.NullMarked;
