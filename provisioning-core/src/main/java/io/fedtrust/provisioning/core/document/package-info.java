/** YAML and JSON documents: bounded, with PyYAML's reading of scalars; the shapes of each file. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.provisioning.core.document;
