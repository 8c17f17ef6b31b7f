/** The protocol between sites (docs/protocol/README.md). Not exported. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.engine;
