/** What all families share: bounded reading, certificates, signatures, HTTP, the kernel's files. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.support;
