/** Audit records where NVFlare keeps its own, so that either side finds the other's. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core.audit;
