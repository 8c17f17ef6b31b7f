/** From a request zip to a signed zip. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core.approval;
