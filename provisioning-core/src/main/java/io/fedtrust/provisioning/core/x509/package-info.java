/**
 * Keys, signing requests and certificates of the project PKI, through JCA with an explicit
 * provider.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core.x509;
