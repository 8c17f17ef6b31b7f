// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.core.kit.KitRenderer.object;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The other files of {@code local/}: logging, and a privacy example. */
final class SitePolicies {
  private static final String LOG_UTILS = "nvflare.fuel.utils.log_utils.";
  private static final int LOG_BYTES = 20 * 1024 * 1024;
  private static final int LOG_BACKUPS = 10;

  private SitePolicies() {}

  /** A Python logging configuration; the runtime refers to three of its files by name. */
  static Map<String, Object> logConfig() {
    String line = "%(asctime)s - %(name)s - %(levelname)s - %(fl_ctx)s - %(message)s";
    Map<String, Object> formatters = object("text", formatter("BaseFormatter", line));
    formatters.put("color", formatter("ColorFormatter", line));
    formatters.put(
        "json",
        formatter(
            "JsonFormatter",
            "%(asctime)s - %(name)s - %(fullName)s - %(levelname)s - %(fl_ctx)s - %(message)s"));

    Map<String, Object> learning = object("()", LOG_UTILS + "LoggerNameFilter");
    learning.put("logger_names", List.of("custom", "nvflare.app_common", "nvflare.app_opt"));

    Map<String, Object> console = object("class", "logging.StreamHandler");
    console.put("level", "DEBUG");
    console.put("formatter", "color");
    console.put("stream", "ext://sys.stdout");
    Map<String, Object> learningFile = file("log_fl.txt", "DEBUG", "text");
    learningFile.put("filters", List.of("learning"));
    learningFile.put("delay", true);
    Map<String, Object> handlers = object("console", console);
    handlers.put("everything", file("log.txt", "DEBUG", "text"));
    handlers.put("errors", file("error_log.txt", "ERROR", "text"));
    handlers.put("structured", file("log.json", "DEBUG", "json"));
    handlers.put("training", learningFile);

    Map<String, Object> root = object("level", "INFO");
    root.put("handlers", List.copyOf(handlers.keySet()));
    Map<String, Object> config = object("version", 1);
    config.put("disable_existing_loggers", false);
    config.put("formatters", formatters);
    config.put("filters", object("learning", learning));
    config.put("handlers", handlers);
    config.put("loggers", object("root", root));
    return config;
  }

  private static Map<String, Object> formatter(String type, String format) {
    Map<String, Object> formatter = object("()", LOG_UTILS + type);
    formatter.put("fmt", format);
    return formatter;
  }

  private static Map<String, Object> file(String name, String level, String formatter) {
    Map<String, Object> handler = object("class", "logging.handlers.RotatingFileHandler");
    handler.put("level", level);
    handler.put("formatter", formatter);
    handler.put("filename", name);
    handler.put("mode", "a");
    handler.put("maxBytes", LOG_BYTES);
    handler.put("backupCount", LOG_BACKUPS);
    return handler;
  }

  /** Becomes policy only when an operator renames it to privacy.json. */
  static Map<String, Object> privacySample() {
    Map<String, Object> noise = object("min_noise_level", 0.1);
    noise.put("max_noise_level", 0.2);
    Map<String, Object> filter = object("name", "AddNoiseToMinMax");
    filter.put("args", noise);
    Map<String, Object> scope = object("name", "research");
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("train_dataset", "/data/research/train");
    properties.put("val_dataset", "/data/research/val");
    scope.put("properties", properties);
    scope.put("task_result_filters", List.of(filter));
    Map<String, Object> sample = object("scopes", List.of(scope));
    sample.put("default_scope", "research");
    return sample;
  }
}
