// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.codec;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/**
 * YAML from outside, as maps, lists and text. Scalars stay the text that was written, because only
 * the reader of a field knows its type: digits of a digest are never taken for a number. Aliases,
 * merge keys, tags, repeated keys and several documents are refused.
 */
public final class StrictYaml {
  private static final int MAX_DEPTH = 16;

  private StrictYaml() {}

  /**
   * Reads a mapping.
   *
   * @param yaml UTF-8, at most so many bytes
   * @param maxBytes the bound
   * @return text, lists and maps; null where nothing is written
   * @throws IOException if it is not exactly one such mapping
   */
  public static Map<String, @Nullable Object> read(byte[] yaml, int maxBytes) throws IOException {
    if (yaml.length > maxBytes) {
      throw new UnreadableException("expected at most " + maxBytes + " bytes, was " + yaml.length);
    }
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(yaml)).toString();
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(0);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setCodePointLimit(maxBytes);
    try {
      Node root = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
      if (root instanceof MappingNode mapping) {
        return mapping(mapping);
      }
      throw new UnreadableException(
          "expected a mapping, was " + (root == null ? "nothing" : "another"));
    } catch (YAMLException e) {
      throw new UnreadableException("not YAML" + where(e), e);
    }
  }

  private static Map<String, @Nullable Object> mapping(MappingNode node) throws IOException {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (NodeTuple entry : node.getValue()) {
      if (!(entry.getKeyNode() instanceof ScalarNode key) || key.getTag().equals(Tag.MERGE)) {
        throw new UnreadableException(
            "expected a plain key, was another" + where(entry.getKeyNode()));
      }
      if (map.containsKey(key.getValue())) {
        throw new UnreadableException(
            "expected " + key.getValue() + " once, was twice" + where(key));
      }
      map.put(key.getValue(), value(entry.getValueNode()));
    }
    return map;
  }

  private static @Nullable Object value(Node node) throws IOException {
    if (node instanceof MappingNode mapping && mapping.getTag().equals(Tag.MAP)) {
      return mapping(mapping);
    }
    if (node instanceof SequenceNode sequence && sequence.getTag().equals(Tag.SEQ)) {
      List<@Nullable Object> list = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        list.add(value(item));
      }
      return list;
    }
    if (node instanceof ScalarNode scalar && Tag.standardTags.contains(scalar.getTag())) {
      return scalar.getTag().equals(Tag.NULL) ? null : scalar.getValue();
    }
    throw new UnreadableException("expected no tag, was " + node.getTag() + where(node));
  }

  /** The parser's own message quotes what was read. */
  private static String where(YAMLException e) {
    return e instanceof MarkedYAMLException marked && marked.getProblemMark() != null
        ? " at line "
            + (marked.getProblemMark().getLine() + 1)
            + ", column "
            + (marked.getProblemMark().getColumn() + 1)
        : "";
  }

  private static String where(Node node) {
    return " in line " + (node.getStartMark().getLine() + 1);
  }

  /** Writes a mapping in block style. */
  public static String write(Map<String, ?> mapping) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setSplitLines(false);
    options.setIndicatorIndent(2);
    options.setIndentWithIndicator(true);
    return new Yaml(new Representer(options), options).dump(mapping);
  }
}
