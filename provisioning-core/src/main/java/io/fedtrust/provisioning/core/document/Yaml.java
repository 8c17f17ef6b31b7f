// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.representer.Representer;

/**
 * YAML 1.1 as PyYAML reads it, into maps, lists, text, numbers, booleans and null. Stricter: one
 * document, text keys, no duplicate keys, no merge keys, no tags beyond the core ones, bounded
 * size, depth and aliases.
 */
public final class Yaml {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_ALIASES = 16;
  private static final int MAX_NODES = 100_000;
  // Both are only read once made.
  private static final LoaderOptions LOADING = loading();
  private static final PyYamlResolver RESOLVER = new PyYamlResolver();

  private Yaml() {}

  /** A date or time, kept as its text: PyYAML would make a date of it, which is never text. */
  private record Timestamp(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Reads a mapping.
   *
   * @throws IOException if the bytes are not exactly one YAML mapping in UTF-8
   */
  public static Map<String, Object> readMapping(byte[] bytes) throws IOException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("not UTF-8", e);
    }
    try {
      Composer composer =
          new Composer(new ParserImpl(new StreamReader(text), LOADING), RESOLVER, LOADING);
      if (!composer.checkNode()) {
        throw new IOException("empty");
      }
      Node root = composer.getNode();
      if (composer.checkNode()) {
        throw new IOException("more than one document");
      }
      if (!(root instanceof MappingNode mapping)) {
        throw new IOException("not a mapping");
      }
      return new Reader().mapping(mapping);
    } catch (YAMLException e) {
      throw new IOException("not valid YAML", e);
    }
  }

  /** Writes a mapping in block style that PyYAML reads as the same values. */
  public static byte[] write(Map<String, ?> mapping) {
    DumperOptions dumping = new DumperOptions();
    dumping.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    dumping.setSplitLines(false);
    dumping.setAllowUnicode(false);
    return new org.yaml.snakeyaml.Yaml(
            new SafeConstructor(LOADING), new Plain(dumping), dumping, LOADING, RESOLVER)
        .dump(mapping)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static LoaderOptions loading() {
    LoaderOptions loading = new LoaderOptions();
    loading.setAllowDuplicateKeys(false);
    loading.setMaxAliasesForCollections(MAX_ALIASES);
    loading.setNestingDepthLimit(MAX_DEPTH);
    loading.setCodePointLimit(512 * 1024);
    return loading;
  }

  /** Writes kept timestamps plain, so that they stay timestamps. */
  private static final class Plain extends Representer {
    Plain(DumperOptions options) {
      super(options);
      representers.put(
          Timestamp.class,
          data -> representScalar(Tag.TIMESTAMP, data.toString(), DumperOptions.ScalarStyle.PLAIN));
    }
  }

  private static final class Reader {
    private final Deque<Node> open = new ArrayDeque<>();
    private int nodes;

    Map<String, Object> mapping(MappingNode node) throws IOException {
      enter(node);
      Map<String, Object> mapping = new LinkedHashMap<>();
      for (NodeTuple tuple : node.getValue()) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key) || !key.getTag().equals(Tag.STR)) {
          throw new IOException("a key that is not text" + at(tuple.getKeyNode()));
        }
        requirePrintable(key);
        if (mapping.containsKey(key.getValue())) {
          throw new IOException("key '" + key.getValue() + "' occurs twice" + at(key));
        }
        mapping.put(key.getValue(), value(tuple.getValueNode()));
      }
      open.pop();
      return mapping;
    }

    private @Nullable Object value(Node node) throws IOException {
      if (node instanceof MappingNode mapping) {
        return mapping(mapping);
      }
      if (node instanceof SequenceNode sequence) {
        enter(sequence);
        List<@Nullable Object> list = new ArrayList<>();
        for (Node member : sequence.getValue()) {
          list.add(value(member));
        }
        open.pop();
        return list;
      }
      if (node instanceof ScalarNode scalar) {
        return scalar(scalar);
      }
      throw new IOException("an unknown construct" + at(node));
    }

    /** Text with control characters could not be written again as text. */
    private static void requirePrintable(ScalarNode node) throws IOException {
      if (!StreamReader.isPrintable(node.getValue())) {
        throw new IOException("control characters" + at(node));
      }
    }

    private void enter(Node node) throws IOException {
      if (!node.getTag().equals(Tag.MAP) && !node.getTag().equals(Tag.SEQ)) {
        throw new IOException("tag " + node.getTag() + at(node));
      }
      if (open.contains(node)) {
        throw new IOException("an alias to a collection it lies in" + at(node));
      }
      if (open.size() >= MAX_DEPTH || ++nodes > MAX_NODES) {
        throw new IOException("nested too deeply, or too many aliases" + at(node));
      }
      open.push(node);
    }

    private static @Nullable Object scalar(ScalarNode node) throws IOException {
      String text = node.getValue();
      Tag tag = node.getTag();
      if (tag.equals(Tag.STR)) {
        requirePrintable(node);
        return text;
      }
      if (tag.equals(Tag.NULL)) {
        return null;
      }
      if (tag.equals(Tag.BOOL)) {
        return bool(text);
      }
      if (tag.equals(Tag.TIMESTAMP)) {
        return new Timestamp(text);
      }
      try {
        if (tag.equals(Tag.INT)) {
          return integer(text.replace("_", ""));
        }
        if (tag.equals(Tag.FLOAT)) {
          return real(text.replace("_", ""));
        }
      } catch (NumberFormatException e) {
        throw new IOException("not a number" + at(node), e);
      }
      throw new IOException("tag " + tag + at(node));
    }

    private static boolean bool(String text) throws IOException {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "yes", "true", "on" -> true;
        case "no", "false", "off" -> false;
        default -> throw new IOException("not a boolean");
      };
    }

    private static Number integer(String text) {
      boolean negative = text.startsWith("-");
      String digits = negative || text.startsWith("+") ? text.substring(1) : text;
      BigInteger value;
      if (digits.startsWith("0b")) {
        value = new BigInteger(digits.substring(2), 2);
      } else if (digits.startsWith("0x")) {
        value = new BigInteger(digits.substring(2), 16);
      } else if (digits.length() > 1 && digits.startsWith("0")) {
        value = new BigInteger(digits.substring(1), 8);
      } else if (digits.contains(":")) {
        value = BigInteger.ZERO;
        for (String part : digits.split(":", -1)) {
          value = value.multiply(BigInteger.valueOf(60)).add(new BigInteger(part));
        }
      } else {
        value = new BigInteger(digits);
      }
      BigInteger signed = negative ? value.negate() : value;
      return signed.bitLength() < 64 ? (Number) signed.longValue() : (Number) signed;
    }

    private static double real(String text) {
      String lower = text.toLowerCase(Locale.ROOT);
      if (lower.endsWith(".inf")) {
        return lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      }
      if (lower.equals(".nan")) {
        return Double.NaN;
      }
      if (lower.contains(":")) {
        double value = 0;
        for (String part : lower.split(":", -1)) {
          value = value * 60 + Double.parseDouble(part);
        }
        return value;
      }
      return Double.parseDouble(lower);
    }

    private static String at(Node node) {
      return " in line " + (node.getStartMark().getLine() + 1);
    }
  }
}
