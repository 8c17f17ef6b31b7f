// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.util.Map;

/**
 * A local customization applied at package time, as {@code builders:} of a definition lists it.
 *
 * @param path the builder's path, for example a Python class path
 * @param args its arguments: text, numbers, booleans, lists and maps
 */
public record BuilderSpec(String path, Map<String, Object> args) {}
