// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** JSON Schema (draft 2020-12) of a command's options and output. */
final class Schemas {
  private Schemas() {}

  static Map<String, Object> of(CommandSpec command, List<String> outputFields) {
    Map<String, Object> options = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (PositionalParamSpec positional : command.positionalParameters()) {
      options.put(positional.paramLabel(), property(positional));
      if (positional.required()) {
        required.add(positional.paramLabel());
      }
    }
    for (OptionSpec option : command.options()) {
      if (!option.usageHelp() && !option.hidden() && !option.longestName().equals("--schema")) {
        options.put(option.longestName(), property(option));
        if (option.required()) {
          required.add(option.longestName());
        }
      }
    }
    Map<String, Object> input = object(options);
    input.put("required", required);
    Map<String, Object> output = new LinkedHashMap<>();
    outputFields.forEach(field -> output.put(field, Map.of()));
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("options", input);
    properties.put("data", object(output));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", command.qualifiedName());
    schema.put("description", String.join(" ", command.usageMessage().description()));
    schema.putAll(object(properties));
    return schema;
  }

  private static Map<String, Object> object(Map<String, Object> properties) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("type", "object");
    object.put("properties", properties);
    return object;
  }

  private static Map<String, Object> property(ArgSpec argument) {
    Map<String, Object> property = new LinkedHashMap<>();
    String type = type(argument.auxiliaryTypes()[0]);
    if (argument.isMultiValue()) {
      property.put("type", "array");
      property.put("items", Map.of("type", type));
    } else {
      property.put("type", type);
    }
    property.put("description", String.join(" ", argument.description()));
    if (argument.defaultValue() != null) {
      property.put("default", argument.defaultValue());
    }
    return property;
  }

  private static String type(Class<?> type) {
    return type == boolean.class
        ? "boolean"
        : type == int.class || type == Integer.class ? "integer" : "string";
  }
}
