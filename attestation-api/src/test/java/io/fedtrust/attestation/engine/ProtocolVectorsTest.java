// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EntryProof;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.protocol.BatchTree;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.JobAnswer;
import io.fedtrust.attestation.protocol.JobContext;
import io.fedtrust.attestation.protocol.JobDispatch;
import io.fedtrust.attestation.protocol.JobEnd;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.JobStart;
import io.fedtrust.attestation.protocol.Presence;
import io.fedtrust.attestation.protocol.SignedRefusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Computes every value of {@code docs/protocol/test-vectors.md} from the inputs on that page. */
class ProtocolVectorsTest {
  private static final String PAGE = page();
  private static final Map<String, String> INPUTS =
      rows("Inputs", "^\\| `([^`]+)` \\| `([^`]+)` \\|");
  private static final Challenge CHALLENGE = Challenge.of(hex("challenge"));
  private static final String SITE = text("site");
  private static final String OTHER = text("other-site");
  private static final String SERVER = text("server");
  private static final String JOB = text("job");
  private static final Instant ISSUED = time("issued");
  private static final Bytes ROOT = Bytes.of(ascii("root"));
  private static final Bytes SESSION_KEY = Bytes.of(ascii("session-key"));
  private static final Bytes JOB_DIGEST = Bytes.of(ascii("job-definition")).sha256();
  private static final JobContext CONTEXT = new JobContext(ROOT, text("project"), SERVER, JOB);
  private static final Bytes ATTACHMENTS =
      Bytes.of("{\"certificates\":[]}".getBytes(StandardCharsets.US_ASCII));

  private static String page() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("CHANGELOG.md"))) {
      folder = folder.getParent();
    }
    try {
      return Files.readString(folder.resolve("docs/protocol/test-vectors.md"));
    } catch (IOException e) {
      throw new IllegalStateException("docs/protocol/test-vectors.md is missing", e);
    }
  }

  /** The text below a heading of the second level. */
  private static String section(String heading) {
    int start = PAGE.indexOf("\n## " + heading + "\n");
    assertThat(start).as("section " + heading).isNotNegative();
    int end = PAGE.indexOf("\n## ", start + 1);
    return PAGE.substring(start, end < 0 ? PAGE.length() : end);
  }

  private static List<MatchResult> found(String pattern, String text) {
    return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results().toList();
  }

  /** The rows of the tables below a heading, by the name in the first cell. */
  private static Map<String, String> rows(String heading, String row) {
    Map<String, String> rows = new LinkedHashMap<>();
    found(row, section(heading))
        .forEach(cells -> assertThat(rows.put(cells.group(1), cells.group(2))).isNull());
    assertThat(rows).isNotEmpty();
    return rows;
  }

  private static String text(String input) {
    assertThat(INPUTS).containsKey(input);
    return INPUTS.get(input);
  }

  private static byte[] ascii(String input) {
    return text(input).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] hex(String input) {
    return HexFormat.of().parseHex(text(input));
  }

  private static Instant time(String input) {
    return Instant.ofEpochSecond(Long.parseLong(text(input)));
  }

  private static Binding.Builder binding(EvidenceForm form, Challenge challenge, String audience) {
    return Binding.forEvidence(form)
        .challenge(challenge)
        .project(text("project"), ROOT.bytes())
        .site(SITE, text("role"), ascii("site-key"))
        .sessionKey(SESSION_KEY.bytes())
        .audience(audience);
  }

  private static byte[] deviceDigest() {
    assertThat(CCToken.deviceDigest(List.of())).as("without devices").isEmpty();
    CCToken device =
        new CCToken(
            text("gpu-token"),
            "x-nv-gpu",
            Optional.of("nv-evidence"),
            Optional.empty(),
            Optional.empty());
    return CCToken.deviceDigest(List.of(device)).orElseThrow();
  }

  private static Binding cpu() {
    return binding(EvidenceForm.SNP_REPORT, CHALLENGE, SERVER).devices(deviceDigest()).build();
  }

  private static GroupRound round(boolean three) {
    SortedMap<String, Bytes> nonces = new TreeMap<>();
    nonces.put(SITE, Bytes.of(hex("nonce-1")));
    nonces.put(SERVER, Bytes.of(hex("nonce-2")));
    if (three) {
      nonces.put(OTHER, Bytes.of(hex("nonce-3")));
    }
    return new GroupRound(JOB, Optional.of(JOB_DIGEST), time("expiry"), nonces);
  }

  private static Challenge group(boolean three) {
    return round(three).challenge(text("project"));
  }

  private static List<BatchTree.Leaf> leaves() {
    return List.of(
        new BatchTree.Leaf(SITE, Challenge.of(hex("nonce-1"))),
        new BatchTree.Leaf(OTHER, Challenge.of(hex("nonce-2"))),
        new BatchTree.Leaf(SERVER, Challenge.of(hex("nonce-3"))));
  }

  private static byte[] request(
      EvidenceRequest.Mode mode,
      EvidencePurpose purpose,
      String verifier,
      String subject,
      Optional<String> job,
      Challenge challenge,
      int life) {
    return new EvidenceRequest(
            mode, purpose, verifier, subject, job, challenge, Duration.ofSeconds(life), ISSUED)
        .signatureInput(ROOT.bytes());
  }

  private static byte[] batchRequest() {
    return request(
        EvidenceRequest.Mode.BATCH,
        EvidencePurpose.REGISTRATION,
        SITE,
        SERVER,
        Optional.empty(),
        CHALLENGE,
        300);
  }

  private static byte[] presence(String verifier, Optional<String> job, Challenge challenge) {
    return Presence.signatureInput(ROOT, text("project"), SITE, verifier, job, challenge);
  }

  private static Bytes entries(String token) {
    CCToken entry =
        new CCToken(
            token,
            "x-snp",
            Optional.of("snp-report"),
            Optional.empty(),
            Optional.of(
                new EntryProof(
                    List.of(Bytes.of(ascii("root"))),
                    Bytes.of(ascii("site-signature")),
                    Optional.of(
                        new EntryProof.Session(SESSION_KEY, Bytes.of(ascii("session-signature")))),
                    CHALLENGE.id(),
                    Optional.empty())));
    return CCToken.entriesDigest(List.of(entry));
  }

  private static JobSet.Participant attested(String token) {
    return new JobSet.Participant(
        JobSet.Kind.ATTESTED, entries(token), Optional.of(SESSION_KEY.sha256()));
  }

  private static byte[] set() {
    return new JobSet(
            JOB,
            Optional.of(JOB_DIGEST),
            group(true),
            time("expires"),
            new TreeMap<>(
                Map.of(SITE, attested(text("cpu-token")), SERVER, attested(text("server-token")))),
            new TreeMap<>(Map.of(OTHER, JobSet.Left.REJECTED)))
        .signatureInput(CONTEXT);
  }

  private static Bytes setDigest() {
    return Bytes.of(set()).sha256();
  }

  private static byte[] answer(boolean accepts, Optional<ReasonCode> reason) {
    return JobAnswer.signatureInput(CONTEXT, SITE, setDigest(), accepts, reason);
  }

  private static byte[] dispatch() {
    return JobDispatch.signatureInput(
        CONTEXT, setDigest(), time("start-by"), List.of(SERVER, SITE));
  }

  private static byte[] refusal(
      String topic, RefusalCode code, Optional<Duration> wait, ReasonCode reason) {
    return SignedRefusal.signatureInput(
        new SignedRefusal.Request(
            ROOT, text("project"), SITE, SERVER, topic, Bytes.of(hex("nonce-4"))),
        code,
        wait,
        Optional.of(reason));
  }

  private static byte[] busy() {
    return refusal(
        "job_list",
        RefusalCode.BUSY,
        Optional.of(Duration.ofSeconds(30)),
        ReasonCode.REQUESTED_TOO_OFTEN);
  }

  private static List<String> replayKeys() {
    return Claims.of(EvidenceForm.SNP_REPORT, "", new byte[0])
        .signedContent("signed content".getBytes(StandardCharsets.US_ASCII))
        .nonce(hex("nonce-1"))
        .build()
        .replayKeys();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static String sha256(byte[] bytes) {
    return Bytes.of(bytes).sha256().hex();
  }

  private static Map<String, String> computed() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(
        "transcript-device",
        hex(binding(EvidenceForm.NV_EVIDENCE, CHALLENGE, SERVER).build().hash()));
    values.put("device-digest", hex(deviceDigest()));
    values.put("transcript-cpu", hex(cpu().hash()));
    values.put("challenge-id", CHALLENGE.id());
    String token = text("cpu-token");
    values.put("entry", sha256(cpu().entrySignatureInput(token, Optional.empty())));
    values.put(
        "entry-attachments",
        sha256(cpu().entrySignatureInput(token, Optional.of(ATTACHMENTS.bytes()))));
    values.put("session", sha256(cpu().sessionSignatureInput(token)));
    values.put("group-of-two", hex(group(false).value()));
    values.put(
        "transcript-group",
        hex(binding(EvidenceForm.SNP_REPORT, group(false), Binding.GROUP).job(JOB).build().hash()));
    values.put("group-of-three", hex(group(true).value()));
    Challenge root = BatchTree.of(leaves()).root();
    values.put("batch-root", hex(root.value()));
    values.put(
        "transcript-batch",
        hex(binding(EvidenceForm.SNP_REPORT, root, Binding.BATCH).build().hash()));
    values.put(
        "request-pairwise",
        sha256(
            request(
                EvidenceRequest.Mode.PAIRWISE,
                EvidencePurpose.REGISTRATION,
                SERVER,
                SITE,
                Optional.empty(),
                CHALLENGE,
                300)));
    values.put("request-batch", sha256(batchRequest()));
    values.put(
        "request-group",
        sha256(
            request(
                EvidenceRequest.Mode.GROUP,
                EvidencePurpose.JOB,
                SERVER,
                SITE,
                Optional.of(JOB),
                group(true),
                360)));
    values.put("presence", sha256(presence(SERVER, Optional.empty(), CHALLENGE)));
    values.put("presence-group", sha256(presence(Binding.GROUP, Optional.of(JOB), group(true))));
    values.put("entries-site", entries(token).hex());
    values.put("entries-server", entries(text("server-token")).hex());
    values.put("entries-none", CCToken.entriesDigest(List.of()).hex());
    values.put("set", setDigest().hex());
    values.put("accept", sha256(answer(true, Optional.empty())));
    values.put("decline", sha256(answer(false, Optional.of(ReasonCode.EVIDENCE_MISSING))));
    values.put("dispatch", sha256(dispatch()));
    values.put("start", sha256(JobStart.signatureInput(CONTEXT, SITE, dispatch())));
    values.put(
        "end", sha256(JobEnd.signatureInput(CONTEXT, setDigest(), JobOutcome.NOT_DISPATCHED)));
    values.put("refusal-busy", sha256(busy()));
    values.put(
        "refusal-declined",
        sha256(refusal("register", RefusalCode.DECLINED, Optional.empty(), ReasonCode.DENIED)));
    values.put("replay-content", replayKeys().get(0));
    values.put("replay-nonce", replayKeys().get(1));
    return values;
  }

  @Test
  @DisplayName("every value of the page is the one that this library computes, and none is missing")
  void values() {
    assertThat(rows("Values", "^\\| `([^`]+)` \\| .+ \\| `([^`]+)` \\|$"))
        .containsExactlyEntriesOf(computed());
  }

  @Test
  @DisplayName("the byte strings of the page are the ones that are hashed and signed, to the byte")
  void byteStrings() {
    Map<String, byte[]> bytes = new LinkedHashMap<>();
    bytes.put("transcript-cpu", cpu().transcript());
    bytes.put("entry", cpu().entrySignatureInput(text("cpu-token"), Optional.empty()));
    bytes.put("request-batch", batchRequest());
    bytes.put("presence", presence(SERVER, Optional.empty(), CHALLENGE));
    bytes.put("set", set());
    bytes.put("accept", answer(true, Optional.empty()));
    bytes.put("dispatch", dispatch());
    bytes.put("refusal-busy", busy());
    Map<String, String> expected = new LinkedHashMap<>();
    bytes.forEach((name, value) -> expected.put(name, value.length + " " + hex(value)));
    Map<String, String> shown = new LinkedHashMap<>();
    found(
            "^### Bytes of (\\S+)\n\n(\\d+) bytes:\n\n```hex\n([0-9a-f\n]+)```",
            section("Byte strings"))
        .forEach(
            block ->
                shown.put(block.group(1), block.group(2) + " " + block.group(3).replace("\n", "")));
    assertThat(shown).containsExactlyEntriesOf(expected);
  }

  @Test
  @DisplayName("each path of the page leads from its leaf to the root of the batch, and is written")
  void paths() {
    List<MatchResult> rows = found("^\\| (\\d) \\| (`.+`) \\|$", section("Paths"));
    assertThat(rows).hasSize(leaves().size());
    BatchTree tree = BatchTree.of(leaves());
    for (int index = 0; index < rows.size(); index++) {
      assertThat(rows.get(index).group(1)).isEqualTo(String.valueOf(index));
      List<byte[]> path =
          found("`([^`]+)`", rows.get(index).group(2)).stream()
              .map(item -> Base64.getDecoder().decode(item.group(1)))
              .toList();
      assertThat(BatchTree.rootFrom(leaves().get(index), index, rows.size(), path))
          .isEqualTo(tree.root());
      assertThat(tree.path(index).stream().map(Bytes::of))
          .isEqualTo(path.stream().map(Bytes::of).toList());
    }
  }

  private static byte[] block(String name) {
    List<MatchResult> blocks =
        found("^```" + name + "\n([A-Za-z0-9+/=\n]+)```$", section("Signatures"));
    assertThat(blocks).as(name).hasSize(1);
    return Base64.getDecoder().decode(blocks.get(0).group(1).replace("\n", ""));
  }

  @Test
  @DisplayName("the signature of the site key on the page is valid for these bytes and no others")
  void siteSignature() throws Exception {
    PublicKey key =
        KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(block("site-key")));
    byte[] signature = block("site-signature");
    assertThat(SiteSignatures.verifies(key, batchRequest(), signature)).isTrue();
    assertThat(SiteSignatures.verifies(key, busy(), signature)).isFalse();
  }

  @Test
  @DisplayName(
      "the signature of the session key on the page is valid for these bytes and no others")
  void sessionSignature() {
    SessionKeys keys = new SessionKeys(Optional.empty());
    Bytes key = Bytes.of(block("session-key"));
    byte[] signature = block("session-signature");
    byte[] message = cpu().sessionSignatureInput(text("cpu-token"));
    assertThat(keys.verifies(key, message, signature)).isTrue();
    assertThat(keys.verifies(key, busy(), signature)).isFalse();
  }

  private static boolean accepts(String signature) {
    try {
      Presence.fromMap(Map.of("_cc_cert", List.of("AAE="), "_cc_sig", signature));
      return true;
    } catch (MalformedEvidenceException e) {
      return false;
    }
  }

  @Test
  @DisplayName("of all spellings of a value on the page, only the first is accepted")
  void spellings() {
    List<MatchResult> rows = found("^\\| `([^`]+)` \\| (yes|no) \\|", section("Refused spellings"));
    assertThat(rows).hasSize(7);
    assertThat(rows.stream().filter(row -> row.group(2).equals("yes"))).hasSize(1);
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(accepts(row.group(1)))
                    .as(row.group(1))
                    .isEqualTo(row.group(2).equals("yes")));
  }
}
