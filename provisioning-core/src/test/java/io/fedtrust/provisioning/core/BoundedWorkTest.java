// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.core.approval.RequestCheck;
import io.fedtrust.provisioning.core.approval.VerifiedRequest;
import io.fedtrust.provisioning.core.archive.ZipContents;
import io.fedtrust.provisioning.core.bundle.BundleCheck;
import io.fedtrust.provisioning.core.bundle.BundleReader;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.FileAuditStore;
import io.fedtrust.provisioning.core.document.CaDocument;
import io.fedtrust.provisioning.core.document.DefinitionDocument;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.document.RequestDocument;
import io.fedtrust.provisioning.core.document.SignedDocument;
import io.fedtrust.provisioning.core.document.SiteDocument;
import io.fedtrust.provisioning.core.document.Yaml;
import io.fedtrust.provisioning.core.io.Durability;
import io.fedtrust.provisioning.core.io.FailPoint;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.core.x509.SigningRequest;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.HostName;
import io.fedtrust.provisioning.model.NameRule;
import io.fedtrust.provisioning.model.Participant;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The work on the worst input that fits the limits in bytes, for every reader of foreign bytes. */
class BoundedWorkTest {
  private static final int LIMIT = 128 * 1024;

  @TempDir static Path temp;
  private static World world;
  private static byte[] signedZip;

  @BeforeAll
  static void goodFederation() throws IOException {
    world = new World(temp);
    signedZip =
        Files.readAllBytes(world.approve(world.request(World.client("site-1"))).signedZip());
  }

  // YAML

  static Stream<Arguments> yaml() {
    return Stream.of(
        named("nested aliases of a text", bomb(3, 5, 400, 250)),
        named("nested aliases of a long text", bomb(5, 3, 50_000, 10_000)),
        named("nested aliases", nestedAliases(5, 3, "x")),
        named("nested aliases of a long list", nestedAliases(8, 2, items(4000))),
        named("many nested aliases", nestedAliases(3_000, 4, "x")),
        named("aliases of aliases, each of two", doubling(16)),
        named("a text with many aliases", longTextAliases()),
        named("brackets", "a: " + "[".repeat(LIMIT - 100)),
        named("brackets and lines", "a: " + "[\n".repeat(LIMIT / 2 - 100)),
        named("braces", "a: " + "{".repeat(LIMIT - 100)),
        named("question marks", "a:\n " + "? ".repeat(LIMIT / 2 - 100)),
        named("dashes", "a:\n " + "- ".repeat(LIMIT / 2 - 100)),
        named("empty items", "a:\n" + "-\n".repeat(LIMIT / 2 - 100)),
        named("many items", "a: [" + "x,".repeat(LIMIT / 2 - 100) + "]"),
        named("many members", lines(20_000, i -> "k" + i + ": 1")),
        named("members of equal hash", lines(8_000, i -> colliding(i) + ": 1")),
        named("a number of base 60", "a: 1" + ":1".repeat(LIMIT / 2 - 100)),
        named("a tagged number of base 60", "a: !!int 1" + ":1".repeat(LIMIT / 2 - 100)),
        named("a tagged float of base 60", "a: !!float 1" + ":1".repeat(LIMIT / 2 - 100)),
        named("a long number", "a: " + "7".repeat(LIMIT - 100)),
        named("a tagged long number", "a: !!int " + "7".repeat(LIMIT - 100)),
        named("a tagged long float", "a: !!float 0." + "7".repeat(LIMIT - 100)),
        named("numbers as long as they may be", lines(120, i -> "k" + i + ": " + "7".repeat(1000))),
        named("base 60 as long as it may be", lines(120, i -> "k" + i + ": 1" + ":1".repeat(500))),
        named("underscores", "a: 1" + "_".repeat(LIMIT - 100)),
        named("a date of many blanks", "a: 2026-01-01" + " ".repeat(LIMIT - 100) + "x"),
        named("a long plain text", "a: " + "x".repeat(LIMIT - 100)),
        named("a long plain text of words", "a: " + "x ".repeat(LIMIT / 2 - 100)),
        named("a long quoted text", "a: \"" + "x".repeat(LIMIT - 100) + "\""),
        named("a long quoted text of escapes", "a: \"" + "\\u0041".repeat(LIMIT / 6 - 100) + "\""),
        named("an open quote", "a: \"" + "x".repeat(LIMIT - 100)),
        named("a long folded text", "a: >\n" + " x\n".repeat(LIMIT / 3 - 100)),
        named("a folded text of blank lines", "a: >\n" + "\n".repeat(LIMIT - 100)),
        named("a long comment", "a: 1 #" + "x".repeat(LIMIT - 100)),
        named("many comments", "#\n".repeat(LIMIT / 2 - 100) + "a: 1"),
        named("a long key", "x".repeat(LIMIT - 100) + ": 1"),
        named("a long anchor", "a: &" + "x".repeat(LIMIT - 100) + " 1"),
        named("many anchors", lines(9_000, i -> "k" + i + ": &a" + i)),
        named("a long tag", "a: !<" + "x".repeat(LIMIT - 100) + "> 1"),
        named("a long tag of escapes", "a: !<" + "%41".repeat(LIMIT / 3 - 100) + "> 1"),
        named("a short tag for a long one", tagDirective()),
        named("many directives", "%FOO\n".repeat(LIMIT / 5 - 100) + "---\na: 1"),
        named("many documents", "--- {}\n".repeat(LIMIT / 7 - 100)),
        named("blanks", " ".repeat(LIMIT - 100)),
        named("tabs", "a:\n\t" + "\t".repeat(LIMIT - 100)),
        named("colons", ":".repeat(LIMIT - 100)),
        named("stars", "a: " + "*a ".repeat(LIMIT / 3 - 100)),
        named("zero bytes", "\0".repeat(LIMIT - 100)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("yaml")
  @DisplayName("no YAML document takes more than 250 ms of CPU and 64 MiB")
  void boundsYaml(String shape, byte[] document) throws Exception {
    assertThat(document).hasSizeLessThanOrEqualTo(LIMIT);
    readsOrRefuses(() -> Yaml.readMapping(document));
    readsOrRefuses(() -> DefinitionDocument.read(Yaml.readMapping(document)));
    readsOrRefuses(() -> SiteDocument.write(Yaml.readMapping(document)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("yaml")
  @DisplayName("a profile, a definition and a site.yaml of any shape are read or refused at once")
  void boundsFilesOfYaml(String shape, byte[] document) throws Exception {
    Path file = Files.write(temp.resolve("document.yaml"), document);
    readsOrRefuses(() -> world.engine().readProfile(file));
    readsOrRefuses(() -> world.engine().readDefinition(file));
    byte[] site =
        concat(
            "participants: [{name: site-1, type: client, org: hospital}]\nname: fed_test\nmore:\n"
                .getBytes(StandardCharsets.UTF_8),
            new String(document, StandardCharsets.UTF_8)
                .lines()
                .map(line -> "  " + line + "\n")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8));
    byte[] zip = requestWith("site.yaml", site);
    readsOrRefuses(() -> verify(zip));
  }

  @ParameterizedTest
  @ValueSource(strings = {"default_host", "role", "host_names", "type"})
  @DisplayName("a request of 1.6 kB does not become a large site.yaml: nested aliases are refused")
  void refusesNestedAliases(String member) throws Exception {
    String yaml = bomb(3, 5, 400, 220);
    byte[] site =
        ("name: fed_test\n"
                + yaml
                + "participants: [{name: site-1, type: client, org: hospital, "
                + member
                + ": *a3 }]\n")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(site).hasSizeLessThan(1600);
    byte[] zip = requestWith("site.yaml", site);
    Refusals.refused(ErrorCode.INVALID_ARGS, () -> verify(zip));
    readsOrRefuses(() -> verify(zip));
  }

  // JSON

  static Stream<Arguments> json() {
    return Stream.of(
        named("nested arrays", "{\"a\":" + "[".repeat(LIMIT - 100)),
        named("nested objects", "{\"a\":".repeat(LIMIT / 5 - 100)),
        named("many arrays", "{\"a\":[" + "[],".repeat(LIMIT / 3 - 100) + "[]]}"),
        named("many objects", "{\"a\":[" + "{},".repeat(LIMIT / 3 - 100) + "{}]}"),
        named("many numbers", "{\"a\":[" + "1,".repeat(LIMIT / 2 - 100) + "1]}"),
        named("many members", members(9_000, i -> "k" + i)),
        named("members of equal hash", members(8_000, BoundedWorkTest::colliding)),
        named("members of equal hash for Jackson", members(8_000, BoundedWorkTest::colliding33)),
        named("a huge exponent", "{\"a\":1e999999999}"),
        named("a tiny exponent", "{\"a\":1e-999999999}"),
        named("many huge exponents", "{\"a\":[" + "1e99999999,".repeat(11_000) + "1]}"),
        named("a long number", "{\"a\":" + "7".repeat(LIMIT - 100) + "}"),
        named("a long fraction", "{\"a\":0." + "7".repeat(LIMIT - 100) + "}"),
        named("a long text", "{\"a\":\"" + "x".repeat(LIMIT - 100) + "\"}"),
        named("a long text of escapes", "{\"a\":\"" + "\\u0041".repeat(LIMIT / 6 - 100) + "\"}"),
        named("a long name", "{\"" + "x".repeat(LIMIT - 100) + "\":1}"),
        named("blanks", " ".repeat(LIMIT - 100)),
        named("an open text", "{\"" + "x".repeat(LIMIT - 100)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("json")
  @DisplayName("no JSON document takes more than 250 ms of CPU and 64 MiB")
  void boundsJson(String shape, byte[] document) throws Exception {
    readsOrRefuses(() -> Json.readObject(document));
    readsOrRefuses(() -> Json.write(Json.readObject(document)));
    readsOrRefuses(() -> RequestDocument.read(Json.readObject(document)));
    readsOrRefuses(() -> CaDocument.read(Json.readObject(document)));
    readsOrRefuses(
        () -> SignedDocument.read(Json.readObject(document), new Fingerprint("0".repeat(64))));
    byte[] zip = requestWith("request.json", document);
    readsOrRefuses(() -> verify(zip));
    FileAuditStore audit =
        new FileAuditStore(
            temp.resolve("audit"), new FileOutput(FailPoint.NONE, Durability.NO_SYNC));
    Path record = temp.resolve("audit/cert_requests/id/audit.json");
    Files.createDirectories(record.getParent());
    Files.write(record, document);
    readsOrRefuses(() -> audit.requestFolders("id"));
    Path kit = Files.createDirectories(temp.resolve("kit/startup"));
    Files.write(kit.resolve("fed_client.json"), document);
    readsOrRefuses(() -> world.engine().openKit(kit.getParent()));
    Path ledger = Files.createDirectories(temp.resolve("badca")).resolve("approvals.ledger");
    String json = new String(document, StandardCharsets.UTF_8);
    Files.writeString(ledger, "0".repeat(64) + " " + json + "\n");
    readsOrRefuses(() -> world.engine().ledger(ledger.getParent()));
  }

  // Zips

  static Stream<Arguments> zips() {
    Map<String, byte[]> bombs = new LinkedHashMap<>();
    for (int i = 0; i < 8; i++) {
      bombs.put("m" + i, new byte[LIMIT]);
    }
    Map<String, byte[]> over = new LinkedHashMap<>();
    over.put("m", new byte[100 * 1024 * 1024]);
    byte[] ends = new byte[1024 * 1024];
    for (int i = 0; i + 4 < ends.length; i += 4) {
      ends[i] = 'P';
      ends[i + 1] = 'K';
      ends[i + 2] = (i & 4) == 0 ? (byte) 5 : (byte) 1;
      ends[i + 3] = (i & 4) == 0 ? (byte) 6 : (byte) 2;
    }
    return Stream.of(
        Arguments.of("members of the largest size", Zips.write(bombs)),
        Arguments.of("a bomb", Zips.write(over)),
        Arguments.of("nothing but signatures", ends),
        Arguments.of("a long directory", longDirectory()),
        Arguments.of("zeros", new byte[1024 * 1024]));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("zips")
  @DisplayName("no archive of 1 MiB takes more than 250 ms of CPU and 64 MiB")
  void boundsZips(String shape, byte[] zip) throws Exception {
    assertThat(zip).hasSizeLessThanOrEqualTo(1024 * 1024);
    readsOrRefuses(() -> ZipContents.read(zip, ErrorCode.INVALID_ARGS));
    readsOrRefuses(() -> verify(zip));
    readsOrRefuses(() -> verifyBundle(zip));
  }

  // PEM, ASN.1

  static Stream<Arguments> der() throws GeneralSecurityException, IOException {
    byte[] nested = new byte[LIMIT / 2];
    for (int i = 0; i + 1 < nested.length; i += 2) {
      nested[i] = 0x30;
      nested[i + 1] = (byte) 0x80;
    }
    byte[] nestedSets = nested.clone();
    for (int i = 0; i < nestedSets.length; i += 2) {
      nestedSets[i] = 0x31;
    }
    byte[] oid = new byte[90_000];
    Arrays.fill(oid, (byte) 0xff);
    oid[oid.length - 1] = 1;
    byte[] integer = new byte[90_000];
    Arrays.fill(integer, (byte) 0x7f);
    ASN1EncodableVector many = new ASN1EncodableVector();
    for (int i = 0; i < 40_000; i++) {
      many.add(DERNull.INSTANCE);
    }
    return Stream.of(
        Arguments.of("nested sequences without length", nested),
        Arguments.of("nested sets without length", nestedSets),
        Arguments.of("nested sequences", nestedDefinite(20_000)),
        Arguments.of("a long object identifier", tlv(0x30, tlv(0x06, oid))),
        Arguments.of("a long object identifier as a whole", tlv(0x06, oid)),
        Arguments.of("a long integer", tlv(0x30, tlv(0x02, integer))),
        Arguments.of("many nulls", new DERSequence(many).getEncoded()),
        Arguments.of(
            "a request of a huge modulus", csr(World.key(1), hugeKey(90_000, 3), names(1))),
        Arguments.of(
            "a request of a huge exponent", csr(World.key(1), hugeKey(1024, 1024), names(1))),
        Arguments.of("a request of many names", csr(World.key(1), null, names(4_000))),
        Arguments.of(
            "a request of one name with many values", csr(World.key(1), null, multi(4_000))),
        Arguments.of("a request of many attributes", csrOfAttributes(20_000)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("der")
  @DisplayName("no request, certificate or key takes more than 250 ms of CPU and 64 MiB")
  void boundsDer(String shape, byte[] der) throws Exception {
    for (String label :
        List.of(
            Pem.CERTIFICATE_REQUEST,
            Pem.CERTIFICATE,
            "RSA PRIVATE KEY",
            "PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY")) {
      boundsPem(Pem.encode(label, der));
    }
    Map<String, byte[]> members = Zips.read(signedZip);
    members.put("rootCA.pem", Pem.encode(Pem.CERTIFICATE, der));
    byte[] zip = Zips.write(members);
    readsOrRefuses(() -> verifyBundle(zip));
  }

  static Stream<Arguments> pem() {
    return Stream.of(
        named("begin lines", "-----BEGIN CERTIFICATE-----\n".repeat(LIMIT / 28 - 10)),
        named("begin words", "-----BEGIN ".repeat(LIMIT / 11 - 10)),
        named("dashes", "-".repeat(LIMIT - 100)),
        named("colons", "-----BEGIN CERTIFICATE-----\n" + "a:\n".repeat(LIMIT / 3 - 100)),
        named("one long line", "-----BEGIN CERTIFICATE-----\n" + "A".repeat(LIMIT - 100)),
        named("short lines", "-----BEGIN CERTIFICATE-----\n" + "A\n".repeat(LIMIT / 2 - 100)),
        named(
            "many blocks",
            "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n".repeat(2_000)),
        named("lines", "\n".repeat(LIMIT - 100)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pem")
  @DisplayName("no PEM file takes more than 250 ms of CPU and 64 MiB")
  void boundsPem(String shape, byte[] pem) throws Exception {
    boundsPem(pem);
  }

  private static void boundsPem(byte[] pem) throws Exception {
    readsOrRefuses(() -> Pem.all(pem, Pem.CERTIFICATE));
    readsOrRefuses(() -> Pem.holdsPrivateKey(pem));
    readsOrRefuses(() -> SigningRequest.read(pem, World.jca()));
    readsOrRefuses(() -> CertificateFile.read(pem, World.jca()));
    readsOrRefuses(() -> KeyFiles.isEncrypted(pem));
    readsOrRefuses(() -> KeyFiles.decode(pem, new char[0], World.jca()));
  }

  // Short texts

  static Stream<Arguments> texts() {
    return Stream.of(
        named("letters", "a".repeat(LIMIT)),
        named("letters and a blank", "a".repeat(253) + " "),
        named("labels", "a.".repeat(126) + "!"),
        named("dashes", "a" + "-".repeat(252)),
        named("digits", "1".repeat(LIMIT)),
        named("digits and underscores", "1_".repeat(LIMIT / 2)),
        named("dots", ".".repeat(LIMIT)),
        named("colons", ":".repeat(LIMIT)),
        named("addresses", "a@" + "a.".repeat(31)),
        named("blanks", " ".repeat(LIMIT)),
        named("pairs", "aa:".repeat(60)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("texts")
  @DisplayName("no name, host name or fingerprint takes more than 250 ms of CPU and 64 MiB")
  void boundsTexts(String shape, byte[] bytes) throws Exception {
    String text = new String(bytes, StandardCharsets.UTF_8);
    readsOrRefuses(() -> Fingerprint.parse(text));
    readsOrRefuses(() -> HostName.canonical(text));
    readsOrRefuses(() -> new HostName(text));
    for (NameRule rule : NameRule.values()) {
      readsOrRefuses(() -> rule.accepts(text));
    }
    for (CertType type : CertType.values()) {
      readsOrRefuses(
          () -> {
            Participant.requireIdentity(type, text, text);
            return type;
          });
    }
  }

  private interface Reading {
    Object read() throws Exception;
  }

  private static void readsOrRefuses(Reading reading) throws Exception {
    WorkBound.within(
        () -> {
          try {
            reading.read();
          } catch (ProvisioningException e) {
            assertThat(e.getMessage()).doesNotContain("bounded work");
          } catch (IOException | GeneralSecurityException e) {
            // Callers make a refusal of it.
            assertThat(e).isNotNull();
          }
        });
  }

  private static Object verify(byte[] zip) {
    return VerifiedRequest.of(zip, World.jca(), new CheckProgress<>(RequestCheck.class));
  }

  private static Object verifyBundle(byte[] zip) {
    return new BundleReader(world.host(), new CheckProgress<>(BundleCheck.class))
        .verify(zip, temp.resolve("a.signed.zip"));
  }

  private static byte[] requestWith(String member, byte[] content) {
    Map<String, byte[]> members = Zips.read(world.path("site-1/site-1.request.zip"));
    members.put(member, content);
    if (member.equals("site.yaml")) {
      try {
        Map<String, Object> json = Json.readObject(members.get("request.json"));
        json.put("site_yaml_sha256", Jca.sha256(content));
        members.put("request.json", Json.write(json));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    return Zips.write(members);
  }

  private static Arguments named(String name, String text) {
    return Arguments.of(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String lines(int count, IntFunction<String> line) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count && text.length() < LIMIT - 1500; i++) {
      text.append(line.apply(i)).append('\n');
    }
    return text.toString();
  }

  private static String members(int count, IntFunction<String> name) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"" + name.apply(i) + "\":1")
        .collect(Collectors.joining(",", "{", "}"));
  }

  /** Each level lists the level below so many times, in all as many aliases of collections. */
  private static String nestedAliases(int levels, int each, String items) {
    StringBuilder text = new StringBuilder("a0: &a0 [" + items + "]\n");
    for (int level = 1; level <= levels; level++) {
      text.append("a%d: &a%d [".formatted(level, level))
          .append(String.join(",", Collections.nCopies(each, "*a" + (level - 1))))
          .append("]\n");
    }
    return text.toString();
  }

  /** As {@link #nestedAliases}, of a text that is an alias itself each time. */
  private static String bomb(int levels, int each, int textLength, int texts) {
    return "s: &s "
        + "x".repeat(textLength)
        + "\n"
        + nestedAliases(levels, each, "*s ,".repeat(texts) + "*s ");
  }

  private static String doubling(int aliases) {
    StringBuilder text = new StringBuilder("a0: &a0 [" + items(2000) + "]\n");
    for (int level = 1; level <= aliases / 2; level++) {
      text.append("a%d: &a%d [*a%d,*a%d]\n".formatted(level, level, level - 1, level - 1));
    }
    return text.toString();
  }

  private static String longTextAliases() {
    StringBuilder text = new StringBuilder("a: &a " + "x".repeat(100_000) + "\nb: [");
    text.append("*a ,".repeat(5_000)).append("*a ]\n");
    return text.toString();
  }

  private static String items(int count) {
    return String.join(",", Collections.nCopies(count, "x"));
  }

  private static String tagDirective() {
    return "%TAG !a! tag:" + "x".repeat(50_000) + "\n---\na: [" + "!a!x 1,".repeat(9_000) + "1]";
  }

  /** "Aa" and "BB" have the same hash, and so has every concatenation of as many. */
  private static String colliding(int number) {
    StringBuilder text = new StringBuilder();
    for (int bit = 0; bit < 13; bit++) {
      text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
    }
    return text.toString();
  }

  /** As {@link #colliding}, for a hash with factor 33. */
  private static String colliding33(int number) {
    StringBuilder text = new StringBuilder();
    for (int bit = 0; bit < 13; bit++) {
      text.append((number >> bit & 1) == 0 ? "Ac" : "BB");
    }
    return text.toString();
  }

  private static byte[] longDirectory() {
    byte[] one = Zips.write(Map.of("m", new byte[0]));
    int directory = one.length - 22 - 47;
    byte[] header = Arrays.copyOfRange(one, directory, directory + 47);
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    zip.write(one, 0, directory);
    int count = 20_000;
    for (int i = 0; i < count; i++) {
      zip.write(header, 0, header.length);
    }
    byte[] end = Arrays.copyOfRange(one, one.length - 22, one.length);
    java.nio.ByteBuffer.wrap(end)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .putInt(12, count * header.length);
    zip.write(end, 0, end.length);
    return zip.toByteArray();
  }

  private static byte[] tlv(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    out.write(0x83);
    out.write(content.length >> 16);
    out.write(content.length >> 8);
    out.write(content.length);
    out.write(content, 0, content.length);
    return out.toByteArray();
  }

  private static byte[] nestedDefinite(int depth) {
    // Written from the inside; four-byte lengths keep it simple.
    byte[] all = new byte[depth * 4];
    for (int level = 0; level < depth; level++) {
      int remaining = (depth - level - 1) * 4;
      int at = level * 4;
      all[at] = 0x30;
      all[at + 1] = (byte) 0x82;
      all[at + 2] = (byte) (Math.min(remaining, 0xffff) >> 8);
      all[at + 3] = (byte) Math.min(remaining, 0xffff);
    }
    return Arrays.copyOf(all, Math.min(all.length, 0xffff + 4));
  }

  private static RDN[] names(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new RDN(BCStyle.OU, new DERUTF8String("x" + i)))
        .toArray(RDN[]::new);
  }

  private static RDN[] multi(int count) {
    return new RDN[] {
      new RDN(
          IntStream.range(0, count)
              .mapToObj(
                  i ->
                      new org.bouncycastle.asn1.x500.AttributeTypeAndValue(
                          BCStyle.OU, new DERUTF8String("x" + i)))
              .toArray(org.bouncycastle.asn1.x500.AttributeTypeAndValue[]::new))
    };
  }

  private static SubjectPublicKeyInfo hugeKey(int modulusBytes, int exponentBytes)
      throws IOException {
    return new SubjectPublicKeyInfo(
        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
        new org.bouncycastle.asn1.pkcs.RSAPublicKey(odd(modulusBytes), odd(exponentBytes)));
  }

  private static java.math.BigInteger odd(int bytes) {
    byte[] magnitude = new byte[bytes];
    Arrays.fill(magnitude, (byte) 0x7f);
    return new java.math.BigInteger(1, magnitude);
  }

  private static byte[] csr(KeyPair keys, SubjectPublicKeyInfo other, RDN[] subject)
      throws GeneralSecurityException, IOException {
    CertificationRequestInfo info =
        new CertificationRequestInfo(
            new X500Name(subject),
            other == null ? SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()) : other,
            new DERSet());
    return signed(info, keys);
  }

  private static byte[] csrOfAttributes(int count) throws GeneralSecurityException, IOException {
    ASN1Encodable[] attributes = new ASN1Encodable[count / 8];
    Arrays.fill(
        attributes,
        new org.bouncycastle.asn1.pkcs.Attribute(BCStyle.OU, new DERSet(DERNull.INSTANCE)));
    return signed(
        new CertificationRequestInfo(
            new X500Name(names(1)),
            SubjectPublicKeyInfo.getInstance(World.key(1).getPublic().getEncoded()),
            new DERSet(attributes)),
        World.key(1));
  }

  private static byte[] signed(CertificationRequestInfo info, KeyPair keys)
      throws GeneralSecurityException, IOException {
    byte[] value = World.jca().signPkcs1(keys.getPrivate(), info.getEncoded(ASN1Encoding.DER));
    return new CertificationRequest(
            info,
            new AlgorithmIdentifier(
                PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE),
            new DERBitString(value))
        .getEncoded(ASN1Encoding.DER);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
