/** What one account of this machine remembers for itself, outside every folder of a project. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core.account;
