/** The trust protocol between sites. Not exported. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.engine;
