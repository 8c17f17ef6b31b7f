/** Measurements; see docs/benchmarks.md. */
package io.fedtrust.benchmarks;
