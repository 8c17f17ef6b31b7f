// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.Parser;

/**
 * Stops a document that is too large while it is parsed, before nodes are made of it. Directives
 * that declare tags are refused: a short tag could stand for a long one any number of times.
 */
final class BoundedParser implements Parser {
  private final Parser parser;
  private final int maxNodes;
  private final int maxAliases;
  private int nodes;
  private int aliases;

  BoundedParser(Parser parser, int maxNodes, int maxAliases) {
    this.parser = parser;
    this.maxNodes = maxNodes;
    this.maxAliases = maxAliases;
  }

  @Override
  public boolean checkEvent(Event.ID choice) {
    return parser.checkEvent(choice);
  }

  @Override
  public Event peekEvent() {
    return parser.peekEvent();
  }

  @Override
  public Event getEvent() {
    Event event = parser.getEvent();
    if (event instanceof AliasEvent && ++aliases > maxAliases) {
      throw new YAMLException("more than " + maxAliases + " aliases");
    }
    if ((event instanceof ScalarEvent || event instanceof CollectionStartEvent)
        && ++nodes > maxNodes) {
      throw new YAMLException("more than " + maxNodes + " values");
    }
    if (event instanceof DocumentStartEvent start
        && start.getTags() != null
        && !start.getTags().isEmpty()) {
      throw new YAMLException("a directive that declares a tag");
    }
    return event;
  }
}
