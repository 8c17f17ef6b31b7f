// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.representer.Representer;

/**
 * YAML 1.1 as PyYAML reads it, into maps, lists, text, numbers, booleans and null. Stricter: one
 * document, text keys, no duplicate keys, no merge keys, no tags beyond the core ones, bounded
 * size, depth and aliases. An alias is read as the value of its anchor, which is not copied; size
 * and depth are those of the document without aliases.
 */
public final class Yaml {
  /** How many values a document has at most, each alias counted as all that it stands for. */
  static final int MAX_NODES = 10_000;

  private static final int MAX_DEPTH = 16;
  private static final int MAX_ALIASES = 16;
  private static final int MAX_CHARACTERS = 128 * 1024;
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
      Parser parser =
          new BoundedParser(
              new ParserImpl(new StreamReader(text), LOADING), MAX_NODES, MAX_ALIASES);
      Composer composer = new Composer(parser, RESOLVER, LOADING);
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
      return new Reader().document(mapping);
    } catch (MarkedYAMLException e) {
      // The exception itself quotes the document.
      String line =
          e.getProblemMark() == null ? "" : " in line " + (e.getProblemMark().getLine() + 1);
      throw new IOException("not valid YAML: " + e.getProblem() + line);
    } catch (YAMLException e) {
      throw new IOException("not valid YAML: " + e.getMessage());
    }
  }

  /** Writes a mapping in block style, without aliases, that PyYAML reads as the same values. */
  public static byte[] write(Map<String, ?> mapping) {
    DumperOptions dumping = new DumperOptions();
    dumping.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    dumping.setSplitLines(false);
    dumping.setAllowUnicode(false);
    dumping.setDereferenceAliases(true);
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

  /** A value and how large it is without aliases. */
  private record Value(@Nullable Object content, int depth, int nodes, int characters) {
    Value {
      if (depth > MAX_DEPTH) {
        throw new YAMLException("nested more than " + MAX_DEPTH + " levels deep");
      }
      if (nodes > MAX_NODES) {
        throw new YAMLException("more than " + MAX_NODES + " values, aliases resolved");
      }
      if (characters > MAX_CHARACTERS) {
        throw new YAMLException("more than " + MAX_CHARACTERS + " characters, aliases resolved");
      }
    }

    static Value scalar(@Nullable Object content, ScalarNode node) {
      return new Value(content, 0, 1, node.getValue().length());
    }
  }

  /** Builds each node's value once; a node with aliases is met again as the same object. */
  private static final class Reader {
    private final IdentityHashMap<Node, Value> built = new IdentityHashMap<>();
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());

    Map<String, Object> document(MappingNode node) throws IOException {
      Map<String, Object> document = new LinkedHashMap<>();
      mapping(node, document);
      return document;
    }

    private Value value(Node node) throws IOException {
      Value known = built.get(node);
      if (known != null) {
        return known;
      }
      Value value;
      if (node instanceof MappingNode mapping) {
        value = mapping(mapping, new LinkedHashMap<>());
      } else if (node instanceof SequenceNode sequence) {
        value = sequence(sequence);
      } else if (node instanceof ScalarNode scalar) {
        value = Value.scalar(scalar(scalar), scalar);
      } else {
        throw new IOException("an unknown construct" + at(node));
      }
      built.put(node, value);
      return value;
    }

    private Value mapping(MappingNode node, Map<String, Object> content) throws IOException {
      enter(node);
      Value size = new Value(null, 1, 1, 0);
      for (NodeTuple tuple : node.getValue()) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key) || !key.getTag().equals(Tag.STR)) {
          throw new IOException("a key that is not text" + at(tuple.getKeyNode()));
        }
        requirePrintable(key);
        if (content.containsKey(key.getValue())) {
          throw new IOException("key '" + key.getValue() + "' occurs twice" + at(key));
        }
        Value member = value(tuple.getValueNode());
        content.put(key.getValue(), member.content());
        size = sum(sum(size, Value.scalar(null, key)), member);
      }
      open.remove(node);
      return new Value(
          Collections.unmodifiableMap(content), size.depth(), size.nodes(), size.characters());
    }

    private Value sequence(SequenceNode node) throws IOException {
      enter(node);
      List<@Nullable Object> content = new ArrayList<>();
      Value size = new Value(null, 1, 1, 0);
      for (Node item : node.getValue()) {
        Value member = value(item);
        content.add(member.content());
        size = sum(size, member);
      }
      open.remove(node);
      return new Value(
          Collections.unmodifiableList(content), size.depth(), size.nodes(), size.characters());
    }

    /** Each addend is bounded, so no sum overflows before it is refused. */
    private static Value sum(Value collection, Value member) {
      return new Value(
          null,
          Math.max(collection.depth(), member.depth() + 1),
          collection.nodes() + member.nodes(),
          collection.characters() + member.characters());
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
      if (!open.add(node)) {
        throw new IOException("an alias to a collection it lies in" + at(node));
      }
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
      requireShape(node, tag);
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

    /** An explicit tag does not make a number or date of other text, nor of an endless one. */
    private static void requireShape(ScalarNode node, Tag tag) throws IOException {
      Tag shape = RESOLVER.resolve(NodeId.scalar, node.getValue(), true);
      if (!shape.equals(tag) && !(tag.equals(Tag.FLOAT) && shape.equals(Tag.INT))) {
        throw new IOException("tag " + tag + " for other text" + at(node));
      }
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
