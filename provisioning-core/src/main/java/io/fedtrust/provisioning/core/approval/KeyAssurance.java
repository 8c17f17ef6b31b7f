// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

/** Why the key of a request is believed to be the requester's. */
enum KeyAssurance {
  /** The key was not compared. */
  NONE,
  /** A person was shown the key and agreed. */
  ASKED,
  /** It is the key that the requester told the approver. */
  EXPECTED
}
