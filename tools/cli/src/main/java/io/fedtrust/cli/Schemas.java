// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Describes a command as NVFlare's {@code --schema} does, with a JSON Schema of the answer's data.
 */
final class Schemas {
  private static final String VERSION = "1";

  private Schemas() {}

  static Map<String, Object> of(CommandSpec command, List<String> outputFields) {
    List<Map<String, Object>> args = new ArrayList<>();
    for (PositionalParamSpec positional : command.positionalParameters()) {
      args.add(argument(positional.paramLabel().toLowerCase(Locale.ROOT), positional));
    }
    for (OptionSpec option : command.options()) {
      if (!option.usageHelp() && !option.hidden() && !option.inherited()) {
        args.add(option(option));
      }
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    outputFields.forEach(field -> fields.put(field, Map.of()));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    data.put("type", "object");
    data.put("properties", fields);
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("schema_version", VERSION);
    schema.put("command", command.qualifiedName());
    schema.put("description", text(command.usageMessage().description()));
    schema.put("args", args);
    schema.put("examples", examples(command.usageMessage().footer()));
    schema.put("data", data);
    return schema;
  }

  private static Map<String, Object> option(OptionSpec option) {
    String name = option.longestName();
    Map<String, Object> argument = argument(name, option);
    List<String> aliases = Arrays.stream(option.names()).filter(a -> !a.equals(name)).toList();
    if (!aliases.isEmpty()) {
      argument.put("aliases", aliases);
    }
    return argument;
  }

  private static Map<String, Object> argument(String name, ArgSpec spec) {
    String type = type(spec.auxiliaryTypes()[0]);
    Map<String, Object> argument = new LinkedHashMap<>();
    argument.put("name", name);
    if (spec.isMultiValue()) {
      argument.put("type", "array");
      argument.put("items", type);
    } else {
      argument.put("type", type);
    }
    argument.put("required", spec.required());
    argument.put("description", text(spec.description()));
    argument.put("default", defaultOf(spec, type));
    return argument;
  }

  private static @Nullable Object defaultOf(ArgSpec spec, String type) {
    String value = spec.defaultValue();
    return switch (type) {
      case "boolean" -> Boolean.valueOf(value);
      case "integer" -> value == null ? null : Integer.valueOf(value);
      default -> value;
    };
  }

  /** Line breaks are for the help alone. */
  private static String text(String... lines) {
    return String.join(" ", lines).replace("%n", " ");
  }

  /** An example that ends with a backslash goes on in the next line. */
  private static List<String> examples(String... footer) {
    return String.join("\n", footer).replaceAll("\\\\\\s+", "").lines().map(String::strip).toList();
  }

  private static String type(Class<?> type) {
    if (type == boolean.class) {
      return "boolean";
    }
    if (type == int.class || type == Integer.class) {
      return "integer";
    }
    return type == Path.class ? "path" : "string";
  }
}
