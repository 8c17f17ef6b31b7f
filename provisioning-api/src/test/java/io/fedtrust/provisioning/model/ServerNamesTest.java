// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names a server's certificate may have, and when two names are one. */
class ServerNamesTest {
  private static final String HOST = "fl.example.org";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.9.9.9",
        "localhost",
        "LocalHost",
        "a.localhost",
        "a.b.LOCALHOST",
        "ip6-localhost",
        "ip6-loopback",
        "localhost.localdomain",
        "localhost4",
        "localhost6"
      })
  @DisplayName(
      "a loopback name is refused beside another host, and warned of beside a loopback one")
  void judgesLoopback(String name) {
    refused(() -> ServerNames.of(HOST, List.of(name)));
    ServerNames names = ServerNames.of("127.1.1.1", List.of(name));
    assertThat(names.names()).extracting(HostName::text).containsExactly("127.1.1.1", name);
    assertThat(names.warnings()).singleElement().asString().contains(name, "loopback");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "169.254.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255"
      })
  @DisplayName("unspecified, link-local, multicast, reserved and broadcast addresses are refused")
  void refusesAddressesOfNoOneHost(String address) {
    refused(() -> ServerNames.of(HOST, List.of(address)));
    refused(() -> ServerNames.of("localhost", List.of(address)));
    refused(() -> new ServerEndpoint(address, 8002, 8003));
    refused(() -> new Participant.Server(HOST, "central", address));
    refused(() -> new Participant.Server(address, "central"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0177.1", "0177.0.0.1", "1.2.3", "127.1", "2130706433", "0x7f000001", "0x7f.1",
            "0X7F.0.0.1",
        "010.0.0.1", "10.0.0.010", "256.1.1.1", "1.2.3.4.5", "a.1", "fl.0x1", "0x", "00"
      })
  @DisplayName("spellings of IPv4 addresses that resolvers read differently are refused")
  void refusesOddAddresses(String address) {
    refused(() -> new HostName(address));
    refused(() -> ServerNames.of("localhost", List.of(address)));
    refused(() -> new ServerEndpoint(address, 8002, 8003));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*.example.org",
        "*",
        "",
        ".",
        "a..b",
        "::1",
        "fe80::1",
        "[::1]",
        "a_b",
        "a.",
        "-a"
      })
  @DisplayName("wildcards, IPv6 literals and texts that are no host names are refused")
  void refusesOtherTexts(String text) {
    refused(() -> new HostName(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "fl.example.org", "10.0.0.7", "1a", "0xg", "8.8.8.8.org", "223.255.255.255"})
  @DisplayName("ordinary names and addresses are accepted without a warning")
  void takesOrdinaryNames(String name) {
    assertThat(ServerNames.of(HOST + ".eu", List.of(name)).warnings()).isEmpty();
  }

  @Test
  @DisplayName("a name that is listed twice, in whatever case, is added once, with a warning")
  void dropsDuplicates() {
    ServerNames names =
        ServerNames.of(HOST, List.of("a", "A", "10.0.0.1", "FL.Example.org", "10.0.0.1", "b"));
    assertThat(names.names())
        .extracting(HostName::text)
        .containsExactly(HOST, "a", "10.0.0.1", "b");
    assertThat(names.warnings()).hasSize(3).allMatch(text -> text.contains("twice"));
  }

  @Test
  @DisplayName("64 names are accepted, 65 are refused")
  void boundsNames() {
    List<String> many = IntStream.range(0, 64).mapToObj(i -> "h" + i).toList();
    assertThat(ServerNames.of(HOST, many).names()).hasSize(65);
    refused(() -> ServerNames.of(HOST, Collections.nCopies(65, "a")));
  }

  @ParameterizedTest
  @CsvSource({
    "FL.Example.ORG, fl.example.org",
    "fl.example.org., fl.example.org",
    "10.0.0.7, 10.0.0.7",
    "10.0.0.7., 10.0.0.7",
    "::1, 0:0:0:0:0:0:0:1",
    "0:0::0001, 0:0:0:0:0:0:0:1",
    "FE80::A, fe80:0:0:0:0:0:0:a",
    "::ffff:10.0.0.7, 10.0.0.7",
    "hospital-a, hospital-a",
    "Lead@Example.org, lead@example.org",
    "g::1, g::1",
    "1:2:3, 1:2:3",
  })
  @DisplayName("names are compared in lower case, without a trailing dot, addresses by their bytes")
  void comparesNames(String name, String canonical) {
    assertThat(HostName.canonical(name)).isEqualTo(canonical);
    assertThat(HostName.canonical(canonical)).isEqualTo(canonical);
  }

  private static void refused(ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            e -> assertThat(e.code()).isIn(ErrorCode.INVALID_ARGS, ErrorCode.INVALID_NAME));
  }
}
