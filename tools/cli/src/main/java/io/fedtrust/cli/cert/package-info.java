/** Commands of the project CA and of sites that ask it for certificates. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.cli.cert;
