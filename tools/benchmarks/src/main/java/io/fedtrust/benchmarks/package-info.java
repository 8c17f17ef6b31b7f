/** Measurements with JMH; see docs/benchmarks.md. */
package io.fedtrust.benchmarks;
