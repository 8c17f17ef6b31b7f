/** Commands that inspect, verify and appraise evidence. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.cli.attest;
