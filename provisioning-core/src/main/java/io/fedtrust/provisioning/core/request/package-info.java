/** From a definition to a request folder. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core.request;
