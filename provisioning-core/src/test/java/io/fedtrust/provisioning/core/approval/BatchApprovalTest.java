// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.BatchApproving;
import io.fedtrust.provisioning.BatchApproving.LeftOut;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.LedgerText;
import io.fedtrust.provisioning.core.Refusals;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.Zips;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.AdminRole;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.Participant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many approvals at once are stricter than one, and none disturbs another. */
class BatchApprovalTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeCa() {
    world = new World(temp);
    world.ca();
  }

  private BatchApproving batch(RequestFolder... requests) {
    return batch(Stream.of(requests).map(RequestFolder::requestZip).toList());
  }

  private BatchApproving batch(List<Path> zips) {
    return world.ca().approveAll(zips).against(world.profile());
  }

  private static List<ErrorCode> codes(List<LeftOut> leftOut) {
    return leftOut.stream().map(left -> left.reason().code()).toList();
  }

  private static List<String> names(List<ApprovalPlan> plans) {
    return plans.stream().map(plan -> plan.request().name()).toList();
  }

  static Stream<Participant> privileged() {
    return Stream.of(
        new Participant.Server("localhost", "central"),
        new Participant.Admin("a@example.org", "hospital", AdminRole.ORG_ADMIN),
        new Participant.Admin("a@example.org", "hospital", AdminRole.LEAD));
  }

  @ParameterizedTest
  @MethodSource("privileged")
  @DisplayName("server, org_admin and lead are left out, unless their key is named")
  void privilegedTypes(Participant participant) {
    RequestFolder request = world.request(participant, "privileged");
    RequestFolder client = world.request(World.client("site-1"), "client");
    BatchApproving.Plan plan = batch(request, client).plan();
    assertThat(names(plan.approvals())).containsExactly("site-1");
    assertThat(codes(plan.leftOut())).containsExactly(ErrorCode.EXPECTED_KEY_REQUIRED);
    assertThat(plan.leftOut().get(0).plan()).as("shown in the table all the same").isPresent();
    assertThat(plan.write().approvals()).hasSize(1);
    assertThat(request.folder().resolve(participant.name() + ".signed.zip")).doesNotExist();

    assertThat(
            batch(request)
                .expectKey(participant.name(), World.keyOf(request))
                .plan()
                .write()
                .approvals())
        .hasSize(1);
  }

  @Test
  @DisplayName("clients and members need no expected key")
  void ordinaryTypes() {
    RequestFolder client = world.request(World.client("site-1"), "client");
    RequestFolder member =
        world.request(new Participant.Admin("m@example.org", "hospital", AdminRole.MEMBER), "m");
    assertThat(batch(client, member).plan().write().approvals()).hasSize(2);
  }

  @Test
  @DisplayName("a renewal is left out, unless its key is named; its own key is not enough")
  void renewals() {
    world.approve(world.request(World.client("site-1"), "a", World.key(1)));
    RequestFolder second = world.request(World.client("SITE-1"), "b", World.key(1));
    BatchApproving.Plan plan = batch(second).force().plan();
    assertThat(codes(plan.leftOut())).containsExactly(ErrorCode.EXPECTED_KEY_REQUIRED);
    assertThat(plan.leftOut().get(0).plan().orElseThrow().held()).hasSize(1);

    assertThat(batch(second).expectKey("site-1", World.keyOf(second)).plan().write().approvals())
        .hasSize(1);
  }

  @Test
  @DisplayName("a key that is not the named one is left out")
  void anotherKey() {
    RequestFolder request = world.request(World.client("site-1"), "a");
    RequestFolder other = world.request(World.client("site-2"), "b");
    BatchApproving.Result result =
        batch(request, other).expectKey("site-1", World.keyOf(other)).plan().write();
    assertThat(codes(result.leftOut())).containsExactly(ErrorCode.PUBLIC_KEY_MISMATCH);
    assertThat(result.approvals()).hasSize(1);
    assertThatThrownBy(
            () ->
                batch(request)
                    .expectKey("site-1", World.keyOf(request))
                    .expectKey("SITE-1", World.keyOf(other)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  @DisplayName("a key for a name that no request has, for example a mistyped one, is warned of")
  void unusedKey() {
    RequestFolder request = world.request(World.client("site-1"), "a");
    RequestFolder other = world.request(World.client("site-2"), "b");
    batch(request, other).expectKey("site-1", World.keyOf(other)).plan();
    assertThat(world.warnings).as("used, and found to be another").isEmpty();
    batch(request, other).expectKey("siet-1", World.keyOf(request)).plan();
    assertThat(world.warnings).singleElement().asString().contains("siet-1");
  }

  @Test
  @DisplayName("where every key is required, all without one are left out")
  void everyKeyRequired() {
    RequestFolder one = world.request(World.client("site-1"), "a");
    RequestFolder two = world.request(World.client("site-2"), "b");
    BatchApproving.Result result =
        batch(one, two).requireExpectedKey().expectKey("site-2", World.keyOf(two)).plan().write();
    assertThat(codes(result.leftOut())).containsExactly(ErrorCode.EXPECTED_KEY_REQUIRED);
    assertThat(result.approvals().get(0).plan().request().name()).isEqualTo("site-2");
  }

  @Test
  @DisplayName("two zips for one name, whatever its case, are both left out")
  void twins() {
    RequestFolder one = world.request(World.client("site-1"), "a");
    RequestFolder two = world.request(World.client("Site-1"), "b");
    RequestFolder other = world.request(World.client("site-2"), "c");
    BatchApproving.Plan plan = batch(one, other, two).plan();
    assertThat(names(plan.approvals())).containsExactly("site-2");
    assertThat(plan.leftOut())
        .extracting(LeftOut::requestZip)
        .containsExactly(one.requestZip(), two.requestZip());
    assertThat(plan.write().approvals()).hasSize(1);
    assertThat(world.ca().ledger().records()).hasSize(1);
  }

  @Test
  @DisplayName("many zips for one name are counted, not listed, where each is left out")
  void manyTwins() {
    Path zip = world.request(World.client("site-1"), "a").requestZip();
    assertThat(batch(Collections.nCopies(50, zip)).plan().leftOut())
        .hasSize(50)
        .allSatisfy(left -> assertThat(left.reason().getMessage()).hasSizeLessThan(200));
  }

  @Test
  @DisplayName("a second zip of a privileged type for a name keeps the other out too")
  void privilegedTwin() {
    RequestFolder member =
        world.request(new Participant.Admin("a@example.org", "hospital", AdminRole.MEMBER), "a");
    RequestFolder lead =
        world.request(new Participant.Admin("a@example.org", "hospital", AdminRole.LEAD), "b");
    assertThat(batch(member, lead).plan().approvals()).isEmpty();
  }

  @Test
  @DisplayName("a client and a server that lists its name are both left out")
  void twinOfAHostName() {
    RequestFolder client = world.request(World.client("fl"), "a");
    RequestFolder server = world.request(new Participant.Server("localhost", "central", "FL"), "b");
    assertThat(batch(client, server).expectKey("localhost", World.keyOf(server)).plan().approvals())
        .isEmpty();
  }

  @Test
  @DisplayName("of two zips for one name, the one with the named key is approved")
  void twinWithNamedKey() {
    RequestFolder one = world.request(World.client("site-1"), "a");
    RequestFolder two = world.request(World.client("site-1"), "b");
    BatchApproving.Plan plan = batch(one, two).expectKey("site-1", World.keyOf(two)).plan();
    assertThat(plan.approvals())
        .singleElement()
        .satisfies(approval -> assertThat(approval.requestZip()).isEqualTo(two.requestZip()));
    assertThat(codes(plan.leftOut())).containsExactly(ErrorCode.PUBLIC_KEY_MISMATCH);
  }

  @Test
  @DisplayName("garbage, a zip that is too large, a missing one and a folder stop no other")
  void badZips() throws IOException {
    Path large = Files.write(temp.resolve("large.zip"), new byte[2 * 1024 * 1024]);
    Path garbage = Files.writeString(temp.resolve("garbage.zip"), "no zip");
    RequestFolder torn = world.request(World.client("torn"), "torn");
    Zips.change(torn.requestZip(), members -> members.put("request.json", new byte[] {'{'}));
    Path nested =
        Files.write(
            temp.resolve("nested.zip"),
            Zips.write(
                Map.of(
                    "request.json",
                    ("{\"a\":".repeat(20_000) + "1" + "}".repeat(20_000))
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII))));
    RequestFolder good = world.request(World.client("site-1"), "good");
    List<Path> heard = new ArrayList<>();
    List<Path> zips =
        List.of(
            garbage,
            large,
            temp.resolve("missing.zip"),
            temp,
            torn.requestZip(),
            nested,
            good.requestZip());
    BatchApproving.Result result = batch(zips).progress(heard::add).plan().write();
    assertThat(result.approvals()).hasSize(1);
    assertThat(result.leftOut())
        .hasSize(6)
        .allSatisfy(
            left -> assertThat(left.reason().code()).isNotEqualTo(ErrorCode.INTERNAL_ERROR));
    assertThat(heard).isEqualTo(zips);
  }

  @Test
  @DisplayName("a listener that fails stops nothing, and the head is signed")
  void failingListener() {
    RequestFolder one = world.request(World.client("site-1"), "a");
    RequestFolder two = world.request(World.client("site-2"), "b");
    List<RuntimeException> failures =
        List.of(new IllegalStateException("listener"), new IllegalArgumentException("again"));
    List<Path> heard = new ArrayList<>();
    BatchApproving.Result result =
        batch(one, two)
            .progress(
                zip -> {
                  heard.add(zip);
                  throw failures.get(heard.size() - 1);
                })
            .plan()
            .write();
    assertThat(result.approvals()).hasSize(2);
    assertThat(heard).hasSize(2);
    assertThat(LedgerText.events(world)).endsWith("head");
    assertThat(world.warnings).anyMatch(text -> text.contains("IllegalStateException"));
  }

  @Test
  @DisplayName("a listener that overflows the stack stops nothing")
  void overflowingListener() {
    RequestFolder one = world.request(World.client("site-1"), "a");
    RequestFolder two = world.request(World.client("site-2"), "b");
    assertThat(batch(one, two).progress(BatchApprovalTest::forEver).plan().write().approvals())
        .hasSize(2);
  }

  @SuppressWarnings("InfiniteRecursion") // that is what it is for
  private static void forEver(Path zip) {
    forEver(zip);
  }

  @Test
  @DisplayName("an output that is in the way leaves one request out")
  void outputInTheWay() throws IOException {
    RequestFolder one = world.request(World.client("site-1"), "a");
    RequestFolder two = world.request(World.client("site-2"), "b");
    Files.writeString(one.folder().resolve("site-1.signed.zip"), "precious");
    BatchApproving.Plan plan = batch(one, two).plan();
    assertThat(codes(plan.leftOut())).containsExactly(ErrorCode.CERT_ALREADY_EXISTS);
    assertThat(plan.write().approvals()).hasSize(1);
    assertThat(one.folder().resolve("site-1.signed.zip")).hasContent("precious");
  }

  @Test
  @DisplayName("the head is signed once per batch, and not for a batch without approvals")
  void oneHead() {
    List<Path> zips = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      zips.add(world.request(World.client("site-" + i), "r" + i).requestZip());
    }
    batch(zips).plan().write();
    List<Object> events = LedgerText.events(world);
    assertThat(Collections.frequency(events, "head")).isEqualTo(1);
    assertThat(events).hasSize(4 * 3 + 1).endsWith("head");

    batch(zips).plan().write();
    assertThat(LedgerText.events(world)).isEqualTo(events);
  }

  @Test
  @DisplayName("the head is signed also if every approval of the batch failed on its way")
  void headAfterFailures() throws IOException {
    RequestFolder one = world.request(World.client("site-1"), "a");
    BatchApproving.Plan plan = batch(one).plan();
    Files.writeString(one.folder().resolve("site-1.signed.zip"), "came between");
    BatchApproving.Result result = plan.write();
    assertThat(codes(result.leftOut())).containsExactly(ErrorCode.CERT_ALREADY_EXISTS);
    assertThat(LedgerText.events(world)).containsExactly("intent", "issued", "head");
  }

  @Test
  @DisplayName("signed zips go into the folder that is named, made if missing")
  void intoAFolder() {
    RequestFolder one = world.request(World.client("site-1"), "a");
    RequestFolder two = world.request(World.client("site-2"), "b");
    Path out = temp.resolve("out/signed");
    BatchApproving.Plan plan = batch(one, two).into(out).plan();
    assertThat(out).doesNotExist();
    plan.write();
    assertThat(out.resolve("site-1.signed.zip")).isRegularFile();
    assertThat(out.resolve("site-2.signed.zip")).isRegularFile();
    assertThat(one.folder().resolve("site-1.signed.zip")).doesNotExist();
  }

  @Test
  @DisplayName("a plan writes nothing, and what it showed is carried out though the zip is another")
  void carriedOutAsShown() throws IOException {
    RequestFolder shown = world.request(World.client("site-1"), "a");
    RequestFolder other = world.request(World.client("site-1"), "b");
    Map<String, String> before = Refusals.snapshot(temp);
    BatchApproving.Plan plan = batch(shown).plan();
    assertThat(Refusals.snapshot(temp)).isEqualTo(before);

    Files.write(shown.requestZip(), Files.readAllBytes(other.requestZip()));
    BatchApproving.Result result = plan.write();
    assertThat(result.approvals().get(0).plan()).isEqualTo(plan.approvals().get(0));
    assertThat(world.ca().ledger().records())
        .singleElement()
        .extracting(ApprovalRecord::publicKey)
        .isEqualTo(java.util.Optional.of(World.keyOf(shown)));
  }

  @Test
  @DisplayName("a plan that the ledger has overtaken is not carried out")
  void overtaken() {
    RequestFolder one = world.request(World.client("site-1"), "a");
    RequestFolder two = world.request(World.client("site-1"), "b");
    BatchApproving.Plan plan = batch(one).expectKey("site-1", World.keyOf(one)).plan();
    world.approve(two);
    assertThat(codes(plan.write().leftOut())).containsExactly(ErrorCode.BUSY);
  }

  @Test
  @DisplayName("a batch needs a profile, and no more than one")
  void profile() {
    RequestFolder one = world.request(World.client("site-1"), "a");
    assertThatThrownBy(() -> world.ca().approveAll(List.of(one.requestZip())).plan())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> batch(one).against(world.profile()))
        .isInstanceOf(IllegalStateException.class);
    refused(
        ErrorCode.INVALID_ARGS,
        () -> world.ca().approveAll(List.of(one.requestZip())).against(temp).plan());
  }

  @Test
  @DisplayName("approver and note of a batch are in every record")
  void approverAndNote() {
    RequestFolder one = world.request(World.client("site-1"), "a");
    RequestFolder two = world.request(World.client("site-2"), "b");
    batch(one, two).approver("Ann Admin").note("call of Friday").plan().write();
    assertThat(world.ca().ledger().records())
        .hasSize(2)
        .allSatisfy(
            record -> {
              assertThat(record.decision().orElseThrow().approver()).isEqualTo("Ann Admin");
              assertThat(record.decision().orElseThrow().note()).contains("call of Friday");
            });
  }
}
