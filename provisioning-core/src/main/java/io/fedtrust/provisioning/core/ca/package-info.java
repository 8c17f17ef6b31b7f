/** The CA folder: making, opening, signing, and its approval ledger. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core.ca;
