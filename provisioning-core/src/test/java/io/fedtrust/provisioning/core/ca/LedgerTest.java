// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static io.fedtrust.provisioning.core.Refusals.refusedWithoutTrace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.LedgerImport;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.LedgerText;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.Zips;
import io.fedtrust.provisioning.core.account.UserDatabase;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.io.EffectiveUser;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.RevocationReason;
import io.fedtrust.provisioning.spi.CaSigner;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the ledger holds, in which order, and what it notices. */
class LedgerTest {
  private static final String TAG = "FEDTRUST-LEDGER-HEAD-1\n";

  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeCa() {
    world = new World(temp);
    world.ca();
  }

  private String text() {
    return read(LedgerText.file(world));
  }

  private void write(String text) {
    try {
      Files.writeString(LedgerText.file(world), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Approval approve(String name) {
    return world.approve(world.request(World.client(name)));
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName("an approval is intent, issued and delivered; the command ends with a signed head")
  void order() {
    Approval approval = approve("site-1");
    List<Map<String, Object>> entries = LedgerText.entries(world);
    assertThat(LedgerText.events(world)).containsExactly("intent", "issued", "delivered", "head");
    Map<String, byte[]> zip = Zips.read(approval.signedZip());
    assertThat(entries.get(1))
        .containsEntry("certificate_sha256", Jca.sha256(zip.get("site-1.crt")))
        .containsEntry("serial", approval.serial());
    byte[] tbs = Base64.getDecoder().decode((String) entries.get(0).get("tbs_certificate"));
    assertThat(entries.get(0)).containsEntry("tbs_certificate_sha256", Jca.sha256(tbs));
    byte[] der =
        Base64.getMimeDecoder()
            .decode(
                new String(zip.get("site-1.crt"), StandardCharsets.US_ASCII)
                    .replaceAll("-----[A-Z ]+-----", "")
                    .strip());
    assertThat(new String(der, StandardCharsets.ISO_8859_1))
        .contains(new String(tbs, StandardCharsets.ISO_8859_1));
  }

  @Test
  @DisplayName("a record holds approver, note, requester's key, names, organization and profile")
  void record() {
    RequestFolder request = world.request(World.server());
    world
        .ca()
        .approve(request.requestZip())
        .against(world.profile())
        .approver("Ann Admin")
        .note("by phone")
        .write();
    ApprovalRecord record = new World(temp).ca().ledger().records().get(0);
    assertThat(record.decision().orElseThrow().approver()).isEqualTo("Ann Admin");
    assertThat(record.decision().orElseThrow().note()).contains("by phone");
    assertThat(record.decision().orElseThrow().profileSha256()).matches("[0-9a-f]{64}");
    assertThat(record.publicKey()).contains(World.keyOf(request));
    assertThat(record.subjectAlternativeNames())
        .containsExactly("DNS:localhost", "IP:127.0.0.1", "DNS:fl.example.org");
    assertThat(record.org()).contains("central");
    assertThat(record.csrSha256()).contains(request.metadata().csrSha256());
    assertThat(record.completed()).isTrue();
  }

  @Test
  @DisplayName("without a name the approver is the effective user in the user database")
  void approverByDefault() {
    String before = System.getProperty("user.name");
    System.setProperty("user.name", "someone-else");
    try {
      approve("site-1");
    } finally {
      System.setProperty("user.name", before);
    }
    long uid = EffectiveUser.uid().orElseThrow();
    assertThat(world.ca().ledger().records().get(0).decision().orElseThrow().approver())
        .isEqualTo(UserDatabase.name(uid).orElse("uid " + uid));
  }

  // Rollback.

  private static Arguments spoiling(String what, Consumer<LedgerTest> spoil) {
    return Arguments.of(what, spoil);
  }

  /** Each leaves a ledger whose chain is unbroken. */
  static Stream<Arguments> rollBacks() {
    return Stream.of(
        spoiling("truncated by one entry", test -> test.dropLast(1)),
        spoiling("truncated by a command", test -> test.dropLast(4)),
        spoiling("empty", test -> test.write("")),
        spoiling("deleted", test -> delete(LedgerText.file(test.world))),
        spoiling(
            "without a head",
            test ->
                LedgerText.write(
                    test.world,
                    LedgerText.entries(test.world).stream()
                        .filter(entry -> !entry.get("event").equals("head"))
                        .toList())),
        spoiling("forked", LedgerTest::fork));
  }

  private void dropLast(int entries) {
    String[] lines = text().split("(?<=\n)", -1);
    // The last element is empty: the text ends with a line feed.
    write(String.join("", List.of(lines).subList(0, lines.length - 1 - entries)));
  }

  /** Another account goes on from the first command, and comes to as many entries. */
  private void fork() {
    dropLast(4);
    world.as("other");
    approve("forked-1");
    approve("forked-2");
    world.as("account");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rollBacks")
  @DisplayName("a ledger that is older than one this account saw, or another one, stops everything")
  void rollBack(String what, Consumer<LedgerTest> spoil) throws Exception {
    approve("site-1");
    Approval delivered = approve("site-2");
    RequestFolder next = world.request(World.client("site-3"));
    spoil.accept(this);
    Watching signer = new Watching();

    List<Consumer<CertificateAuthority>> verbs =
        List.of(
            ca -> ca.approve(next.requestZip()).against(world.profile()).plan(),
            ca -> ca.approve(next.requestZip()).against(world.profile()).write(),
            ca -> ca.approve(next.requestZip()).against(world.profile()).force().write(),
            ca -> ca.approveAll(List.of(next.requestZip())).against(world.profile()).plan(),
            ca -> ca.revoke("site-1").record(),
            ca -> ca.importApproval(delivered.signedZip()),
            ca -> ca.ledger().signHead(signer),
            ca -> ca.ledger().requireNewest());
    verbs.forEach(
        verb -> refusedWithoutTrace(ErrorCode.LEDGER_INVALID, temp, () -> verb.accept(world.ca())));
  }

  @ParameterizedTest(name = "{0} entries left out")
  @CsvSource({"4, 4 entries", "1, 7 entries", "8, 0 entries"})
  @DisplayName("the refusal of an older ledger says how many entries are missing")
  void rollBackInNumbers(int dropped, String left) {
    approve("site-1");
    approve("site-2");
    dropLast(dropped);
    assertThatThrownBy(() -> world.ca().ledger().requireNewest())
        .hasMessageContaining("the 8 entries that this account has seen")
        .hasMessageContaining(left);
  }

  @Test
  @DisplayName("the refusal of a fork says that it has other entries")
  void forkInNumbers() {
    approve("site-1");
    approve("site-2");
    fork();
    assertThatThrownBy(() -> world.ca().ledger().requireNewest())
        .hasMessageContaining("other entries");
  }

  @Test
  @DisplayName("a whole CA folder restored from an old copy is noticed")
  void restoredFolder() throws IOException {
    approve("site-1");
    Path copy = temp.resolve("copy");
    copyTree(world.path("ca"), copy);
    approve("site-2");
    Files.move(world.path("ca"), temp.resolve("newer"));
    Files.move(copy, world.path("ca"));
    RequestFolder next = world.request(World.client("site-3"));
    refusedWithoutTrace(ErrorCode.LEDGER_INVALID, temp, () -> world.approve(next));
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path path : walk.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  @Test
  @DisplayName("a CA that stays open notices a rollback behind what another process wrote")
  void openCa() {
    approve("site-1");
    CertificateAuthority open = world.ca();
    assertThat(open.ledger().records()).hasSize(1);
    String before = text();
    approve("site-2");
    write(before);
    RequestFolder next = world.request(World.client("site-3"));
    refusedWithoutTrace(
        ErrorCode.LEDGER_INVALID,
        temp,
        () -> open.approve(next.requestZip()).against(world.profile()).write());
  }

  @Test
  @DisplayName("a CA that stays open goes on after its own commands and those of others")
  void openCaGoesOn() {
    CertificateAuthority open = world.ca();
    for (int i = 0; i < 3; i++) {
      RequestFolder request = world.request(World.client("open-" + i));
      open.approve(request.requestZip()).against(world.profile()).write();
      approve("other-" + i);
    }
    assertThat(open.ledger().records()).hasSize(6);
  }

  @Test
  @DisplayName("another account has not seen the newer ledger; it remembers its own head from then")
  void anotherAccount() {
    approve("site-1");
    String first = text();
    approve("site-2");
    write(first);
    world.as("other");
    approve("site-3");

    write(first);
    RequestFolder next = world.request(World.client("site-4"));
    refused(ErrorCode.LEDGER_INVALID, () -> world.approve(next));
    assertThat(new World(temp).as("third").ca().ledger().records()).hasSize(1);
  }

  private Path seenHead() {
    return temp.resolve("account/heads/" + world.ca().fingerprint().hex());
  }

  private void refusedWithHeadFile(String site, Path named, String hint) {
    RequestFolder next = world.request(World.client(site));
    assertThatThrownBy(() -> world.approve(next))
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_INVALID);
              assertThat(e.getMessage()).contains(named.toString());
              assertThat(e.hint()).contains(hint + named);
            });
  }

  @Test
  @DisplayName("a remembered head that others can write to is refused, not forgotten")
  void writableHead() throws IOException {
    approve("site-1");
    String older = text();
    approve("site-2");
    write(older);
    Files.setPosixFilePermissions(seenHead(), PosixFilePermissions.fromString("rw-rw-r--"));
    refusedWithHeadFile("site-3", seenHead(), "chmod go-w ");
    Files.setPosixFilePermissions(seenHead(), PosixFilePermissions.fromString("rw-------"));
    Path heads = seenHead().getParent();
    Files.setPosixFilePermissions(heads, PosixFilePermissions.fromString("rwxrwxr-x"));
    refusedWithHeadFile("site-4", heads, "chmod go-w ");
  }

  @Test
  @DisplayName("a remembered head that is not one is refused, not forgotten")
  void malformedHead() throws IOException {
    approve("site-1");
    Files.writeString(seenHead(), "12\n");
    refusedWithHeadFile("site-3", seenHead(), "rm ");
  }

  @Test
  @DisplayName("a head that cannot be remembered is a warning that names its file")
  void headNotRemembered() throws IOException {
    Path heads = Files.createDirectories(temp.resolve("account/heads"));
    Files.setPosixFilePermissions(heads.getParent(), PosixFilePermissions.fromString("rwx------"));
    Files.setPosixFilePermissions(heads, PosixFilePermissions.fromString("rwxrwxr-x"));
    approve("site-1");
    assertThat(world.warnings).anyMatch(text -> text.contains("cannot write " + seenHead()));
  }

  @Test
  @DisplayName("an account remembers the newer head of another admin that it has only looked at")
  void remembersHeadsOfOthers() {
    approve("site-1");
    String first = text();
    world.as("other");
    approve("site-2");
    world.as("account");
    world.ca().ledger().requireNewest();

    write(first);
    refusedWithoutTrace(ErrorCode.LEDGER_INVALID, temp, () -> world.ca().ledger().requireNewest());
  }

  @Test
  @DisplayName("a newer head that the CA did not sign is not remembered")
  void remembersNoForgedHead() {
    approve("site-1");
    world.as("other");
    approve("site-2");
    String good = text();
    forgeHead();
    world.as("account");
    refusedWithoutTrace(ErrorCode.LEDGER_INVALID, temp, () -> world.ca().ledger().requireNewest());
    write(good);
    world.ca().ledger().requireNewest();
  }

  @Test
  @DisplayName("an account that cannot keep a head is told so, and approves all the same")
  void accountWithoutFolder() {
    world.write("blocked", "a file where the account's folder would be");
    world.as("blocked");
    assertThat(approve("site-1").signedZip()).isRegularFile();
    assertThat(world.warnings).anyMatch(text -> text.contains("ledger heads"));
  }

  @Test
  @DisplayName("an accepted head is an entry of its own; everything goes on from there")
  void acceptedHead() {
    approve("site-1");
    String first = text();
    approve("site-2");
    write(first);
    RequestFolder next = world.request(World.client("site-3"));
    CertificateAuthority ca = world.ca();
    refused(
        ErrorCode.LEDGER_INVALID,
        () -> ca.approve(next.requestZip()).against(world.profile()).write());

    ca.acceptLedgerHead("Ann Admin");
    assertThat(LedgerText.events(world)).endsWith("head_accepted", "head");
    assertThat(LedgerText.entries(world).get(4))
        .containsEntry("approver", "Ann Admin")
        .containsEntry("seen_entries", 8)
        .containsKey("seen_sha256");
    ca.approve(next.requestZip()).against(world.profile()).write();
    assertThat(ca.ledger().records()).hasSize(2);

    String accepted = text();
    approve("site-4");
    write(accepted);
    refused(ErrorCode.LEDGER_INVALID, () -> world.ca().ledger().requireNewest());
  }

  @Test
  @DisplayName("a ledger whose chain is broken, or whose head the CA did not sign, is not accepted")
  void acceptsNoBrokenLedger() {
    approve("site-1");
    forgeHead();
    refusedWithoutTrace(
        ErrorCode.LEDGER_INVALID, temp, () -> world.ca().acceptLedgerHead("Ann Admin"));
    write(text().replace("site-1", "site-9"));
    refusedWithoutTrace(
        ErrorCode.LEDGER_INVALID, temp, () -> world.ca().acceptLedgerHead("Ann Admin"));
  }

  private void forgeHead() {
    List<Map<String, Object>> entries = LedgerText.entries(world);
    Map<String, Object> head = entries.get(entries.size() - 1);
    byte[] signature = Base64.getDecoder().decode((String) head.get("signature"));
    signature[17] ^= 1;
    head.put("signature", Base64.getEncoder().encodeToString(signature));
    LedgerText.write(world, entries);
  }

  @Test
  @DisplayName("a head that the CA did not sign is refused by every account")
  void forgedHead() {
    approve("site-1");
    RequestFolder next = world.request(World.client("site-2"));
    forgeHead();
    refused(ErrorCode.LEDGER_INVALID, () -> world.approve(next));
    world.as("newcomer");
    refused(ErrorCode.LEDGER_INVALID, () -> world.approve(next));
    refused(ErrorCode.LEDGER_INVALID, () -> world.ca().revoke("site-1").record());
  }

  @Test
  @DisplayName("a head that stands at another place than it names is refused")
  void movedHead() {
    approve("site-1");
    List<Map<String, Object>> entries = LedgerText.entries(world);
    LedgerText.write(
        world, List.of(entries.get(0), entries.get(1), entries.get(3), entries.get(2)));
    refused(ErrorCode.LEDGER_INVALID, () -> world.as("newcomer").ca().ledger().records());
  }

  // Heads.

  /** The CA's key with a look at what it signs. */
  private final class Watching implements CaSigner {
    private final CaSigner signer;
    private final List<byte[]> messages = new ArrayList<>();
    private Exception failure;
    private boolean spoilsCertificates;

    Watching() throws IOException, GeneralSecurityException {
      signer =
          new FileCaSigner(
              KeyFiles.decode(
                  Files.readAllBytes(world.path("ca/rootCA.key")), new char[0], World.jca()),
              World.jca());
    }

    @Override
    public byte[] sign(Algorithm algorithm, byte[] message) throws GeneralSecurityException {
      if (isHead(message)) {
        messages.add(message);
        if (failure instanceof GeneralSecurityException checked) {
          throw checked;
        }
        if (failure instanceof RuntimeException unchecked) {
          throw unchecked;
        }
      }
      byte[] signature = signer.sign(algorithm, message);
      if (spoilsCertificates && algorithm == Algorithm.SHA256_WITH_RSA) {
        signature[0] ^= 1;
      }
      return signature;
    }

    private static boolean isHead(byte[] message) {
      return new String(message, StandardCharsets.ISO_8859_1).startsWith(TAG);
    }

    CertificateAuthority ca() {
      return world.engine().openAuthority(world.path("ca")).signer(this).open();
    }
  }

  @Test
  @DisplayName("every command has one head signed: five lines that are neither JSON nor DER")
  void oneHeadPerCommand() throws Exception {
    RequestFolder one = world.request(World.client("site-1"));
    RequestFolder two = world.request(World.client("site-2"));
    RequestFolder three = world.request(World.client("site-3"));
    Watching signer = new Watching();
    CertificateAuthority ca = signer.ca();
    ca.approve(one.requestZip()).against(world.profile()).write();
    assertThat(signer.messages).hasSize(1);
    ca.approveAll(List.of(two.requestZip(), three.requestZip()))
        .against(world.profile())
        .plan()
        .write();
    assertThat(signer.messages).hasSize(2);
    ca.revoke("site-1").record();
    assertThat(signer.messages).hasSize(3);
    ca.acceptLedgerHead("Ann");
    assertThat(signer.messages).hasSize(4);

    String hash = text().lines().skip(2).findFirst().orElseThrow().substring(0, 64);
    assertThat(new String(signer.messages.get(0), StandardCharsets.US_ASCII))
        .isEqualTo(
            TAG + world.ca().fingerprint().hex() + "\n3\n" + hash + "\n2026-11-20T21:30:00Z\n");
    assertThat(signer.messages.get(0)[0]).isNotIn((byte) '{', (byte) 0x30);
  }

  static Stream<Exception> failures() {
    return Stream.of(new GeneralSecurityException("offline"), new ProviderException("offline"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  @DisplayName("where the head cannot be signed, what was recorded stands and a warning says so")
  void headNotSigned(Exception failure) throws Exception {
    RequestFolder one = world.request(World.client("site-1"));
    RequestFolder two = world.request(World.client("site-2"));
    Watching signer = new Watching();
    signer.failure = failure;
    CertificateAuthority ca = signer.ca();
    Approval approval = ca.approve(one.requestZip()).against(world.profile()).write();
    assertThat(approval.signedZip()).isRegularFile();
    assertThat(ca.approveAll(List.of(two.requestZip())).against(world.profile()).plan().write())
        .satisfies(result -> assertThat(result.approvals()).hasSize(1));
    assertThat(ca.revoke("site-1").record()).hasSize(1);
    assertThat(world.warnings).filteredOn(text -> text.contains("head")).hasSize(3);
    assertThat(LedgerText.events(world)).doesNotContain("head");

    signer.failure = null;
    ca.revoke("site-2").record();
    assertThat(LedgerText.events(world)).endsWith("head");
  }

  @Test
  @DisplayName("an approval that fails after its intent still ends with a signed head")
  void headAfterFailure() throws IOException {
    RequestFolder request = world.request(World.client("site-1"));
    Path target = temp.resolve("out/site-1.signed.zip");
    refused(
        ErrorCode.CERT_ALREADY_EXISTS,
        () ->
            world
                .ca()
                .approve(request.requestZip())
                .against(world.profile())
                .beforeSigning(plan -> blocked(target))
                .writeTo(target));
    assertThat(LedgerText.events(world)).containsExactly("intent", "issued", "head");
  }

  private static void blocked(Path target) {
    try {
      Files.createDirectories(target.getParent());
      Files.writeString(target, "came between");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName("an approval that a defect stops after its intent still ends with a signed head")
  void headAfterDefect() throws Exception {
    RequestFolder request = world.request(World.client("site-1"));
    CertificateAuthority stopped =
        interceptedCa(
            LedgerEntry.Delivered.class,
            () -> {
              throw new IllegalStateException("stopped");
            },
            new Watching());
    assertThatThrownBy(() -> stopped.approve(request.requestZip()).against(world.profile()).write())
        .hasMessage("stopped");
    assertThat(LedgerText.events(world)).containsExactly("intent", "issued", "head");
  }

  @Test
  @DisplayName("the same hold twice within a second is one statement, and carried out once")
  void sameRevocationTwice() {
    approve("site-1");
    world.ca().revoke("site-1").reason(RevocationReason.CERTIFICATE_HOLD).record();
    world.ca().revoke("site-1").reason(RevocationReason.REMOVE_FROM_CRL).record();
    refusedWithoutTrace(
        ErrorCode.BUSY,
        temp,
        () -> world.ca().revoke("site-1").reason(RevocationReason.CERTIFICATE_HOLD).record());
    world.later(java.time.Duration.ofSeconds(1));
    assertThat(world.ca().revoke("site-1").reason(RevocationReason.CERTIFICATE_HOLD).record())
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ann\u3164", "Ann\u00a0Admin", "\ue000", "Ann\u202e"})
  @DisplayName("approver and note contain no character that cannot be seen")
  void invisibleApprover(String text) {
    refused(ErrorCode.INVALID_ARGS, () -> world.ca().revoke("site-1").approver(text));
    refused(ErrorCode.INVALID_ARGS, () -> world.ca().revoke("site-1").note(text));
    refused(ErrorCode.INVALID_ARGS, () -> world.ca().acceptLedgerHead(text));
  }

  @Test
  @DisplayName("commands that are refused sign nothing")
  void refusedCommands() throws IOException {
    RequestFolder request = world.request(World.client("site-1"));
    world.approve(request);
    String before = text();
    refused(ErrorCode.CERT_ALREADY_EXISTS, () -> world.approve(request));
    refused(ErrorCode.CERT_NOT_FOUND, () -> world.ca().revoke("site-2").record());
    refused(
        ErrorCode.APPROVAL_DECLINED,
        () ->
            world
                .ca()
                .approve(world.request(World.client("site-3")).requestZip())
                .against(world.profile())
                .askBeforeSigning(plan -> false)
                .write());
    assertThat(text()).isEqualTo(before);
  }

  // The chain.

  @Test
  @DisplayName("a ledger with any byte changed, a line moved, doubled or left out is refused")
  void tampering() {
    approve("site-1");
    approve("site-2");
    String good = text();
    List<String> lines = good.lines().toList();
    List<String> bad = new ArrayList<>();
    for (int at = 0; at < good.length(); at += 97) {
      if (good.charAt(at) != '\n') {
        bad.add(good.substring(0, at) + (char) (good.charAt(at) ^ 1) + good.substring(at + 1));
      }
    }
    for (int i = 0; i < lines.size(); i++) {
      List<String> doubled = new ArrayList<>(lines);
      doubled.add(i, lines.get(i));
      bad.add(String.join("\n", doubled) + "\n");
      List<String> without = new ArrayList<>(lines);
      without.remove(i);
      if (i < lines.size() - 1) {
        bad.add(String.join("\n", without) + "\n");
        List<String> swapped = new ArrayList<>(lines);
        Collections.swap(swapped, i, i + 1);
        bad.add(String.join("\n", swapped) + "\n");
      }
    }
    bad.add(good + "\n");
    bad.add("\n" + good);
    for (String text : bad) {
      write(text);
      refused(ErrorCode.LEDGER_INVALID, () -> world.ca().ledger().requireNewest());
    }
  }

  @Test
  @DisplayName("the refusal names the entry at which the chain breaks")
  void placeOfTheBreak() {
    approve("site-1");
    List<Map<String, Object>> entries = LedgerText.entries(world);
    List<String> lines = text().lines().toList();
    write(lines.get(0) + "\n" + lines.get(1) + "\n" + lines.get(3) + "\n");
    assertThatThrownBy(() -> world.ca().ledger().records())
        .hasMessageContaining("the chain breaks at entry 3");
    write(lines.get(0) + "\n" + "x".repeat(300 * 1024));
    assertThatThrownBy(() -> world.ca().ledger().records())
        .hasMessageContaining("entry 2 is too long");
    entries.remove(1);
    LedgerText.write(world, entries);
    assertThatThrownBy(() -> world.as("newcomer").ca().ledger().records())
        .hasMessageContaining("delivered before it was issued: entry 2");
  }

  @Test
  @DisplayName("a line that a crash cut short is removed with a warning, wherever it was cut")
  void tornLine() {
    approve("site-1");
    String good = text();
    RequestFolder request = world.request(World.client("site-2"));
    for (int length : List.of(1, 63, 64, 65, 66, 300)) {
      write(good + good.substring(0, length));
      World later = new World(temp).as("account-" + length);
      later
          .ca()
          .approve(request.requestZip())
          .against(world.profile())
          .writeTo(temp.resolve("out-" + length + ".signed.zip"));
      assertThat(later.ca().ledger().records()).hasSize(2);
      assertThat(later.warnings).anyMatch(text -> text.contains("cut short"));
    }
  }

  @Test
  @DisplayName("a ledger that shrinks or vanishes under an open CA is refused")
  void shrinking() {
    approve("site-1");
    CertificateAuthority open = world.ca();
    assertThat(open.ledger().records()).hasSize(1);
    String good = text();
    write("");
    refused(ErrorCode.LEDGER_INVALID, () -> open.ledger().records());
    delete(LedgerText.file(world));
    refused(ErrorCode.LEDGER_INVALID, () -> open.ledger().records());
    write(good);
    assertThat(open.ledger().records()).hasSize(1);
  }

  @Test
  @DisplayName("a ledger that is no regular file, or has an endless line, is refused")
  void noLedger() throws IOException {
    Files.createDirectory(LedgerText.file(world));
    refused(ErrorCode.LEDGER_INVALID, () -> world.ca().ledger().records());
    Files.delete(LedgerText.file(world));
    Path elsewhere = Files.createFile(temp.resolve("elsewhere"));
    Files.createSymbolicLink(LedgerText.file(world), elsewhere);
    refused(ErrorCode.LEDGER_INVALID, () -> world.ca().ledger().records());
    Files.delete(LedgerText.file(world));
    write("x".repeat(300 * 1024));
    refused(ErrorCode.LEDGER_INVALID, () -> world.ca().ledger().records());
  }

  static Stream<Arguments> impossible() {
    return Stream.of(
        Arguments.of("an unknown event", Map.of("event", "party")),
        Arguments.of("no event", Map.of("serial", "0x1")),
        Arguments.of("an issue of an unknown certificate", Map.of("event", "issued")),
        Arguments.of("a delivery of an unknown certificate", Map.of("event", "delivered")),
        Arguments.of("a revocation of an unknown certificate", Map.of("event", "revoked")),
        Arguments.of("a head without signature", Map.of("event", "head")),
        Arguments.of("names that are no list", Map.of("subject_alternative_names", "x")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("impossible")
  @DisplayName("a ledger that tells what cannot be is refused, though its chain is unbroken")
  void impossibleEntries(String what, Map<String, Object> change) {
    approve("site-1");
    List<Map<String, Object>> entries = LedgerText.entries(world);
    Map<String, Object> entry = new java.util.LinkedHashMap<>(entries.get(1));
    entry.put("serial", "0x77");
    entry.put("reason", "superseded");
    entry.put("at", "2026-11-20T21:30:00Z");
    entry.put("approver", "Ann");
    entry.put("statement_sha256", "0".repeat(64));
    entry.remove("seq");
    if (change.containsKey("subject_alternative_names")) {
      entry.putAll(LedgerText.format1(world.ca().ledger().records().get(0)));
    }
    if (!change.containsKey("event") && change.containsKey("serial")) {
      entry.remove("event");
    }
    entry.putAll(change);
    entries.add(entry);
    LedgerText.write(world, entries);
    refused(ErrorCode.LEDGER_INVALID, () -> world.as("newcomer").ca().ledger().records());
  }

  @Test
  @DisplayName("a second intent for a serial number, and a delivery before the issue, are refused")
  void impossibleOrder() {
    approve("site-1");
    List<Map<String, Object>> entries = LedgerText.entries(world);
    LedgerText.write(world, List.of(entries.get(0), entries.get(2)));
    refused(ErrorCode.LEDGER_INVALID, () -> world.as("newcomer").ca().ledger().records());
    Map<String, Object> again = new java.util.LinkedHashMap<>(entries.get(0));
    again.remove("seq");
    LedgerText.write(world, List.of(entries.get(0), again));
    refused(ErrorCode.LEDGER_INVALID, () -> world.as("newcomer").ca().ledger().records());
  }

  // Format 1.

  private List<Map<String, Object>> asFormat1(boolean delivered) {
    List<Map<String, Object>> entries = new ArrayList<>();
    for (ApprovalRecord record : world.ca().ledger().records()) {
      entries.add(LedgerText.format1(record));
      if (delivered) {
        entries.add(LedgerText.format1Delivery(record));
      }
    }
    return entries;
  }

  @Test
  @DisplayName("a ledger of format 1 is read, shown and continued")
  void format1() {
    Approval first = approve("site-1");
    LedgerText.write(world, asFormat1(true));
    world.as("newcomer");
    ApprovalRecord record = world.ca().ledger().records().get(0);
    assertThat(record.name()).isEqualTo("site-1");
    assertThat(record.serial()).isEqualTo(first.serial());
    assertThat(record.completed()).isTrue();
    assertThat(record.isComplete()).isFalse();

    RequestFolder again = world.request(World.client("site-1"), "again");
    refused(ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, () -> world.approve(again));
    assertThat(world.warnings)
        .anyMatch(text -> text.contains("[site-1]") && text.contains("cert ledger import"));
    approve("site-2");
    assertThat(LedgerText.events(world))
        .containsExactly("approved", "delivered", "intent", "issued", "delivered", "head");
    world.ca().revoke("site-1").record();
    assertThat(world.approve(again)).isNotNull();
  }

  @Test
  @DisplayName("an interrupted approval of format 1 is delivered from its kept zip")
  void interruptedFormat1() throws IOException {
    RequestFolder request = world.request(World.client("site-1"));
    Approval first = world.approve(request);
    byte[] zip = Files.readAllBytes(first.signedZip());
    LedgerText.write(world, asFormat1(false));
    Files.delete(first.signedZip());
    Path kept =
        Files.createDirectories(world.path("ca/.pending"))
            .resolve(request.metadata().requestId() + ".zip");
    Files.write(kept, zip);
    world.as("newcomer");
    assertThat(world.ca().ledger().records().get(0).completed()).isFalse();

    Approval again = world.approve(request);
    assertThat(again.serial()).isEqualTo(first.serial());
    assertThat(again.signedZip()).hasBinaryContent(zip);
    assertThat(kept).doesNotExist();
    assertThat(world.ca().ledger().records()).singleElement().matches(ApprovalRecord::completed);
  }

  @Test
  @DisplayName("an interrupted approval of format 1 whose zip is lost or another one is refused")
  void lostFormat1Zip() throws IOException {
    RequestFolder request = world.request(World.client("site-1"));
    Approval first = world.approve(request);
    LedgerText.write(world, asFormat1(false));
    Files.delete(first.signedZip());
    world.as("newcomer");
    assertThatThrownBy(() -> world.approve(request))
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.CERT_SIGNING_FAILED);
              assertThat(e.getMessage()).contains("interrupted approval of site-1", "missing");
              assertThat(e.hint()).contains("revoke " + first.serial());
            });
    Files.write(
        Files.createDirectories(world.path("ca/.pending"))
            .resolve(request.metadata().requestId() + ".zip"),
        new byte[] {'P', 'K'});
    refused(ErrorCode.CERT_SIGNING_FAILED, () -> world.approve(request));
    assertThat(first.signedZip()).doesNotExist();
    world.ca().revoke(first.serial()).record();
    assertThat(world.ca().approve(request.requestZip()).against(world.profile()).force().write())
        .isNotNull();
  }

  // Import.

  @Test
  @DisplayName("an import completes an entry of format 1: names and key are protected again")
  void importCompletes() {
    RequestFolder server = world.request(World.server());
    Approval approval = world.approve(server);
    LedgerText.write(world, asFormat1(true));
    world.as("newcomer");
    ApprovalRecord record = world.ca().importApproval(approval.signedZip());
    assertThat(record.isComplete()).isTrue();
    assertThat(record.publicKey()).contains(World.keyOf(server));
    assertThat(record.subjectAlternativeNames())
        .containsExactly("DNS:localhost", "IP:127.0.0.1", "DNS:fl.example.org");
    assertThat(world.ca().ledger().records()).containsExactly(record);
    assertThat(LedgerText.events(world)).endsWith("imported", "head");
    String before = text();
    assertThat(world.ca().importApproval(approval.signedZip())).isEqualTo(record);
    assertThat(text()).isEqualTo(before);
  }

  @Test
  @DisplayName("an import of many zips has one head signed, and none if all are known")
  void importOfMany() throws Exception {
    Approval one = approve("site-1");
    Approval two = approve("site-2");
    LedgerText.write(world, asFormat1(true));
    world.as("newcomer");
    Path bad = Files.writeString(temp.resolve("bad.signed.zip"), "not a zip");
    List<Path> zips = List.of(one.signedZip(), bad, two.signedZip());
    Watching signer = new Watching();

    LedgerImport first = signer.ca().importApprovals(zips);
    assertThat(first.imported())
        .extracting(ApprovalRecord::serial)
        .containsExactly(one.serial(), two.serial());
    assertThat(first.alreadyKnown()).isEmpty();
    assertThat(first.failed())
        .singleElement()
        .satisfies(
            failed -> {
              assertThat(failed.signedZip()).isEqualTo(bad);
              assertThat(failed.reason().code()).isEqualTo(ErrorCode.INVALID_SIGNED_ZIP);
            });
    assertThat(signer.messages).hasSize(1);
    assertThat(LedgerText.events(world)).endsWith("imported", "imported", "head");

    LedgerImport again = signer.ca().importApprovals(zips);
    assertThat(again.imported()).isEmpty();
    assertThat(again.alreadyKnown()).isEqualTo(first.imported());
    assertThat(signer.messages).hasSize(1);
  }

  @Test
  @DisplayName("of many incomplete entries ten are named, and the others are counted")
  void manyGaps() {
    approve("site-1");
    ApprovalRecord record = world.ca().ledger().records().get(0);
    List<Map<String, Object>> entries = new ArrayList<>();
    for (int i = 10; i < 22; i++) {
      Map<String, Object> entry = LedgerText.format1(record);
      entry.put("name", "old-" + i);
      entry.put("serial", "0x" + i);
      entry.put("request_id", "00000000-0000-4000-8000-0000000000" + i);
      entries.add(entry);
    }
    LedgerText.write(world, entries);
    world.as("newcomer");
    approve("site-2");
    assertThat(world.warnings)
        .anyMatch(text -> text.contains("old-19] and 2 more;") && !text.contains("old-20"));
  }

  @Test
  @DisplayName("an import adds an approval that was made elsewhere with this CA")
  void importAdds() throws IOException {
    approve("site-1");
    copyTree(world.path("ca"), Files.createDirectories(temp.resolve("there")).resolve("ca"));
    World there = new World(temp.resolve("there"));
    RequestFolder request = there.request(World.client("site-2"));
    Approval approval = there.approve(request);

    ApprovalRecord record = world.ca().importApproval(approval.signedZip());
    assertThat(record.serial()).isEqualTo(approval.serial());
    assertThat(record.completed()).isTrue();
    assertThat(record.signedZipSha256())
        .contains(Jca.sha256(Files.readAllBytes(approval.signedZip())));
    RequestFolder again = world.request(World.client("site-2"), "again");
    refused(ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, () -> world.approve(again));
    assertThat(world.ca().importApproval(approval.signedZip())).isEqualTo(record);
    world.ca().revoke("site-2").reason(RevocationReason.KEY_COMPROMISE).record();
    assertThat(world.approve(again)).isNotNull();
  }

  @Test
  @DisplayName("a zip of another CA, or one that was tampered with, is not imported")
  void importRefuses() throws IOException {
    World foreign = new World(Files.createDirectory(temp.resolve("foreign")));
    Approval other = foreign.approve(foreign.request(World.client("site-1")));
    refusedWithoutTrace(
        ErrorCode.ROOTCA_FINGERPRINT_MISMATCH,
        temp,
        () -> world.ca().importApproval(other.signedZip()));

    copyTree(world.path("ca"), Files.createDirectories(temp.resolve("there")).resolve("ca"));
    World there = new World(temp.resolve("there"));
    Approval approval = there.approve(there.request(World.client("site-1")));
    Zips.change(approval.signedZip(), members -> members.put("site.yaml", new byte[] {'{', '}'}));
    refusedWithoutTrace(
        ErrorCode.INVALID_SIGNED_ZIP, temp, () -> world.ca().importApproval(approval.signedZip()));
  }

  // Several at once.

  @Test
  @DisplayName("threads with CAs of their own append to one chain, and the newest head is kept")
  void severalAtOnce() throws Exception {
    int threads = 4;
    List<Callable<Approval>> approvals = new ArrayList<>();
    for (int i = 0; i < threads * 2; i++) {
      RequestFolder request = world.request(World.client("site-" + i));
      CertificateAuthority ca = world.ca();
      approvals.add(() -> ca.approve(request.requestZip()).against(world.profile()).write());
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (Future<Approval> done : pool.invokeAll(approvals)) {
        done.get();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(world.ca().ledger().records())
        .hasSize(threads * 2)
        .allMatch(ApprovalRecord::completed);
    assertThat(LedgerText.events(world)).endsWith("head");
    String seen = Files.readString(temp.resolve("account/heads/" + world.ca().fingerprint().hex()));
    assertThat(seen)
        .isEqualTo(LedgerText.events(world).size() + " " + world.ca().ledger().head() + "\n");
  }

  @Test
  @DisplayName("two processes of two accounts append to one chain")
  void severalProcesses() throws Exception {
    approve("site-0");
    approve("site-1");
    int before = LedgerText.events(world).size();
    int rounds = 5;
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  HoldingProcess.class.getName(),
                  temp.toString(),
                  "account-" + i,
                  "site-" + i,
                  String.valueOf(rounds))
              .inheritIO()
              .start());
    }
    for (Process process : processes) {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    }
    assertThat(LedgerText.events(world)).hasSize(before + 2 * rounds * 4).endsWith("head");
    assertThat(world.ca().ledger().records())
        .hasSize(2)
        .allMatch(record -> record.revocation().isEmpty());
  }

  private CertificateAuthority interceptedCa(
      Class<? extends LedgerEntry> kind, Runnable event, CaSigner signer) {
    return world
        .engine()
        .openAuthority(world.path("ca"))
        .signer(signer)
        .ledger(InterceptedLedger.before(kind, world.ca().ledger(), event))
        .open();
  }

  @Test
  @DisplayName("a revocation that another one overtook does not take back a compromise")
  void overtakenRevocation() throws Exception {
    approve("site-1");
    CertificateAuthority overtaken =
        interceptedCa(
            LedgerEntry.Revoked.class,
            () -> world.ca().revoke("site-1").reason(RevocationReason.KEY_COMPROMISE).record(),
            new Watching());
    refused(
        ErrorCode.BUSY,
        () -> overtaken.revoke("site-1").reason(RevocationReason.SUPERSEDED).record());
    assertThat(world.ca().ledger().records().get(0).isRevokedFor(RevocationReason.KEY_COMPROMISE))
        .isTrue();
  }

  @Test
  @DisplayName("a certificate that is revoked before it was issued does not leave the CA")
  void revokedBeforeIssue() throws Exception {
    RequestFolder request = world.request(World.client("site-1"));
    CertificateAuthority overtaken =
        interceptedCa(
            LedgerEntry.Issued.class, () -> world.ca().revoke("site-1").record(), new Watching());
    refused(
        ErrorCode.CERT_SIGNING_FAILED,
        () -> overtaken.approve(request.requestZip()).against(world.profile()).write());
    assertThat(request.folder().resolve("site-1.signed.zip")).doesNotExist();
    assertThat(LedgerText.events(world)).containsExactly("intent", "revoked", "head", "head");
    refused(ErrorCode.REQUEST_ALREADY_APPROVED, () -> world.approve(request));
    world.later(java.time.Duration.ofMinutes(1));
    assertThat(world.ca().approve(request.requestZip()).against(world.profile()).force().write())
        .isNotNull();
  }

  @Test
  @DisplayName("a signer that signs the same certificate otherwise does not complete an approval")
  void anotherSignature() throws Exception {
    RequestFolder request = world.request(World.client("site-1"));
    CertificateAuthority stopped =
        interceptedCa(
            LedgerEntry.Delivered.class,
            () -> {
              throw new IllegalStateException("stopped");
            },
            new Watching());
    assertThatThrownBy(() -> stopped.approve(request.requestZip()).against(world.profile()).write())
        .hasMessage("stopped");
    Files.delete(request.folder().resolve("site-1.signed.zip"));

    Watching signer = new Watching();
    CertificateAuthority ca = signer.ca();
    signer.spoilsCertificates = true;
    refused(
        ErrorCode.CERT_SIGNING_FAILED,
        () -> ca.approve(request.requestZip()).against(world.profile()).write());
    assertThat(request.folder().resolve("site-1.signed.zip")).doesNotExist();
    assertThat(world.approve(request)).isNotNull();
  }

  @Test
  @DisplayName("what the ledger holds is one JSON object a line, with sequence numbers from 1")
  void lines() throws IOException {
    approve("site-1");
    long expected = 1;
    for (String line : text().lines().toList()) {
      Map<String, Object> json =
          Json.readObject(line.substring(65).getBytes(StandardCharsets.UTF_8));
      assertThat(((Number) json.get("seq")).longValue()).isEqualTo(expected++);
    }
  }
}
