// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.NameRule;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Typed access to a document's members; what has the wrong shape is refused with one code. */
final class Fields {
  private final Map<?, ?> members;
  private final String prefix;
  private final ErrorCode code;
  private final boolean yaml;

  private Fields(Map<?, ?> members, String prefix, ErrorCode code, boolean yaml) {
    this.members = members;
    this.prefix = prefix;
    this.code = code;
    this.yaml = yaml;
  }

  /** Members of a YAML document, which people write. */
  static Fields ofYaml(Map<?, ?> members, String prefix, ErrorCode code) {
    return new Fields(members, prefix, code, true);
  }

  /** Members of a JSON document, which programs write. */
  static Fields ofJson(Map<?, ?> members, String prefix, ErrorCode code) {
    return new Fields(members, prefix, code, false);
  }

  /** Returns the error code of this document. */
  ErrorCode code() {
    return code;
  }

  String name(String key) {
    return prefix + key;
  }

  /** Python's truth: absent, null, empty text, zero and empty collections count as missing. */
  boolean isBlank(String key) {
    Object value = members.get(key);
    return value == null
        || value.equals("")
        || value.equals(false)
        || (value instanceof Map<?, ?> map && map.isEmpty())
        || (value instanceof Iterable<?> list && !list.iterator().hasNext())
        || (value instanceof Number number && number.doubleValue() == 0);
  }

  void require(String... keys) {
    for (String key : keys) {
      if (isBlank(key)) {
        throw refuse(code, name(key)).problem("is missing").build();
      }
    }
  }

  /** Refuses other members than these. */
  void requireExactly(Set<String> expected) {
    if (!members.keySet().equals(expected)) {
      throw refuse(code, prefix + "members")
          .expected(expected.stream().sorted().toList())
          .actual(members.keySet().stream().map(String::valueOf).sorted().toList())
          .build();
    }
  }

  String text(String key) {
    Object value = members.get(key);
    if (value instanceof String text) {
      return text;
    }
    ProvisioningException.Refusal refusal = refuse(code, name(key)).expected("text").actual(value);
    if (yaml && value != null) {
      refusal.hint("Put quotes around a value that YAML reads as a number, date or truth value.");
    }
    throw refusal.build();
  }

  Optional<String> optionalText(String key) {
    return members.get(key) == null ? Optional.empty() : Optional.of(text(key));
  }

  String text(String key, NameRule rule) {
    return text(key, rule, code);
  }

  String text(String key, NameRule rule, ErrorCode ruleCode) {
    String value = text(key);
    if (!rule.accepts(value)) {
      throw refuse(ruleCode, name(key)).expected(rule.expectation()).actual(value).build();
    }
    return value;
  }

  /** A TCP port: an integer, not a truth value, not text. */
  int port(String key) {
    Object value = members.get(key);
    if (value instanceof Number number && !(value instanceof Double)) {
      long port = number instanceof BigInteger ? -1 : number.longValue();
      if (port >= 1 && port <= 65535) {
        return (int) port;
      }
    }
    throw refuse(code, name(key))
        .expected("a TCP port, an integer from 1 to 65535")
        .actual(value)
        .build();
  }

  Fields mapping(String key) {
    if (members.get(key) instanceof Map<?, ?> map) {
      return new Fields(map, prefix + key + ".", code, yaml);
    }
    throw refuse(code, name(key)).expected("a mapping").actual(members.get(key)).build();
  }

  boolean has(String key) {
    return members.containsKey(key);
  }

  Optional<Object> value(String key) {
    return Optional.ofNullable(members.get(key));
  }

  ProvisioningException wrong(String key, Object expected) {
    return refuse(code, name(key)).expected(expected).actual(members.get(key)).build();
  }
}
