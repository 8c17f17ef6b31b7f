// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.providers.FakeKernel;
import io.fedtrust.attestation.providers.Judged;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.snp.Simulated.Case;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.collector.SnpCollector;
import io.fedtrust.attestation.providers.snp.format.CertificateTable;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.Deadline;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Collection through the kernel's files, which fail as the kernel's do. */
class SnpCollectorTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Deadline deadline = Deadline.in(Duration.ofSeconds(5), nanos::get);
  private final FakeKernel kernel =
      new FakeKernel(
          inblob ->
              Simulated.milan().sign(Simulated.milan().report().set(SnpField.REPORT_DATA, inblob)));

  private SnpCollector collector() {
    return SnpCollector.at(kernel.root(), pause -> nanos.addAndGet(pause.toNanos()));
  }

  private static Binding binding() {
    return Binding.forEvidence(EvidenceForm.SNP_REPORT)
        .challenge(Challenge.of(new byte[Challenge.BYTES]))
        .project("p", new byte[1])
        .site("site-1", "client", new byte[1])
        .audience("server")
        .build();
  }

  /** As a host writes it. */
  private static byte[] table(Map<UUID, byte[]> blobs) {
    int offset = (blobs.size() + 1) * 24;
    int size = offset + blobs.values().stream().mapToInt(blob -> blob.length).sum();
    ByteBuffer table = ByteBuffer.allocate(size);
    for (Map.Entry<UUID, byte[]> blob : blobs.entrySet()) {
      table
          .order(ByteOrder.BIG_ENDIAN)
          .putLong(blob.getKey().getMostSignificantBits())
          .putLong(blob.getKey().getLeastSignificantBits())
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(offset)
          .putInt(blob.getValue().length);
      offset += blob.getValue().length;
    }
    table.position((blobs.size() + 1) * 24);
    blobs.values().forEach(table::put);
    return table.array();
  }

  private static Map<UUID, byte[]> certificates() {
    try {
      Case good = Case.good();
      List<byte[]> chain = Certificates.parsePem(good.item(SnpItems.CHAIN).bytes());
      Map<UUID, byte[]> blobs = new LinkedHashMap<>();
      blobs.put(CertificateTable.VCEK, good.item(SnpItems.VCEK).bytes());
      blobs.put(CertificateTable.ASK, chain.get(0));
      blobs.put(CertificateTable.ARK, CertificatePem.write(List.of(chain.get(1))));
      blobs.put(UUID.fromString("00000000-0000-0000-0000-000000000001"), new byte[9000]);
      return blobs;
    } catch (MalformedEvidenceException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("a report contains the binding, with the host's certificates attached")
  void collects() {
    kernel.aux = table(certificates());
    Evidence evidence = collector().collect(binding(), deadline);
    EvidenceVerification result =
        Simulated.verifier(Simulated.milan())
            .verify(
                evidence,
                Case.good().without(SnpItems.VCEK).without(SnpItems.CHAIN).collateral(),
                Simulated.NOW);
    Judged.genuine(result);
    assertThat(((EvidenceVerification.Genuine) result).claims().boundData())
        .isEqualTo(binding().hash());
    assertThat(kernel.leftOver()).isEmpty();
  }

  @Test
  @DisplayName(
      "Without a certificate table, or with an unusable one, the report is as good; it is named")
  void withoutTable() {
    assertThat(collector().collect(binding(), deadline).endorsements()).isEmpty();
    kernel.withAux = false;
    assertThat(collector().collect(binding(), deadline).endorsements()).isEmpty();
    kernel.withAux = true;
    for (byte[] unusable :
        List.of(new byte[] {1, 2, 3}, table(Map.of(CertificateTable.VCEK, new byte[] {1})))) {
      kernel.aux = unusable;
      Evidence evidence = collector().collect(binding(), deadline);
      EvidenceVerification result =
          Simulated.verifier(Simulated.milan())
              .verify(evidence, Case.good().collateral(), Simulated.NOW);
      Judged.genuine(result);
      assertThat(result.checks())
          .as(Judged.text(result))
          .anyMatch(
              check ->
                  check.name().equals("snp.left-aside")
                      && check.actual().startsWith("a certificate cannot be used"));
    }
  }

  @Test
  @DisplayName("another writer's generation is noticed, and a new folder used")
  void generations() {
    kernel.races = 2;
    collector().collect(binding(), deadline);
    assertThat(kernel.calls).filteredOn("mkdir"::equals).hasSize(3);
    assertThat(kernel.leftOver()).isEmpty();
    kernel.races = Integer.MAX_VALUE;
    assertThatThrownBy(() -> collector().collect(binding(), deadline))
        .isInstanceOfSatisfying(
            AttestationException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.COLLECTION_TIMED_OUT));
    assertThat(kernel.leftOver()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mkdir",
        "open inblob",
        "close inblob",
        "read outblob",
        "read auxblob",
        "read generation",
        "read provider",
        "rmdir"
      })
  @DisplayName("a step that fails twice is tried again")
  void transientFailures(String step) {
    kernel.failures.addAll(List.of(step, step));
    Evidence evidence = collector().collect(binding(), deadline);
    assertThat(evidence.form()).isEqualTo(EvidenceForm.SNP_REPORT);
  }

  @Test
  @DisplayName("a kernel with another provider is refused at once, naming what it has")
  void otherProvider() {
    kernel.provider = "tdx_guest\n";
    refused(ErrorCode.COLLECTION_FAILED, 1, "expected sev_guest, was tdx_guest");
  }

  @Test
  @DisplayName("a machine without configfs-tsm is NOT_CONFIDENTIAL at once, and the hint says why")
  void noReports() {
    kernel.present = false;
    refused(ErrorCode.NOT_CONFIDENTIAL, 1, "configfs-tsm");
  }

  @Test
  @DisplayName("a kernel without a driver is NOT_CONFIDENTIAL after ten folders that it refuses")
  void noDriver() {
    kernel.driver = false;
    refused(ErrorCode.NOT_CONFIDENTIAL, 10, "no driver");
  }

  @Test
  @DisplayName("a kernel that fails until the deadline is COLLECTION_TIMED_OUT, in our words")
  void timedOut() {
    kernel.failures.addAll(Collections.nCopies(1000, "read outblob"));
    refused(ErrorCode.COLLECTION_TIMED_OUT, 250, "no report by the deadline");
  }

  private void refused(ErrorCode code, int folders, String problem) {
    assertThatThrownBy(() -> collector().collect(binding(), deadline))
        .isInstanceOfSatisfying(
            AttestationException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.getMessage())
                  .contains(problem)
                  .doesNotContain("No such device", "resource busy");
              assertThat(e.hint()).isNotBlank();
            });
    assertThat(kernel.calls).filteredOn("mkdir"::equals).hasSize(folders);
    assertThat(kernel.leftOver()).isEmpty();
  }

  @Test
  @DisplayName("a machine without configfs is NOT_CONFIDENTIAL, with a hint for this case")
  void noConfigfs(@TempDir Path empty) {
    SnpCollector collector = SnpCollector.at(empty.resolve("none"), pause -> {});
    assertThatThrownBy(() -> collector.collect(binding(), deadline))
        .isInstanceOfSatisfying(
            AttestationException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.NOT_CONFIDENTIAL);
              assertThat(e.hint()).contains("configfs", "sev-guest", "tdx-guest");
            });
  }

  @Test
  @DisplayName("a report that carries something else, or is none, is not passed on")
  void otherReportData() {
    List<FakeKernel> kernels = new ArrayList<>();
    kernels.add(new FakeKernel(inblob -> Simulated.milan().sign(Simulated.milan().report())));
    kernels.add(new FakeKernel(inblob -> new byte[7]));
    for (FakeKernel wrong : kernels) {
      assertThatThrownBy(
              () -> SnpCollector.at(wrong.root(), pause -> {}).collect(binding(), deadline))
          .isInstanceOfSatisfying(
              AttestationException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.COLLECTION_FAILED));
    }
  }

  @Test
  @DisplayName("a privilege level is requested in decimal, and counts as a write")
  void privilegeLevel() {
    collector().vmpl(2).collect(binding(), deadline);
    assertThat(kernel.lastPrivilegeLevel).isEqualTo("2");
    assertThat(kernel.calls).filteredOn("mkdir"::equals).hasSize(1);
    for (int level : new int[] {-1, 4}) {
      assertThatThrownBy(() -> collector().vmpl(level))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  @DisplayName("a binding of another form is a caller's mistake")
  void otherForm() {
    Binding other =
        Binding.forEvidence(EvidenceForm.TDX_QUOTE)
            .challenge(Challenge.of(new byte[Challenge.BYTES]))
            .project("p", new byte[1])
            .site("site-1", "client", new byte[1])
            .audience("server")
            .build();
    assertThatThrownBy(() -> collector().collect(other, deadline))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("NVFlare's x-snp token both ways: text, or a byte string, without a form")
  void nvflareToken() throws MalformedEvidenceException {
    Evidence evidence = collector().collect(binding(), deadline);
    Map<String, Object> ours = CCToken.of(evidence).toMap();
    assertThat(ours)
        .containsEntry("_cc_namespace", "x-snp")
        .containsEntry("_cc_token", evidence.token())
        .containsEntry("_cc_token_validated", false)
        .containsEntry("_cc_form", "snp-report");
    assertThat(CCToken.fromMap(ours).evidence(EvidenceForm.SNP_REPORT)).contains(evidence);
    Map<String, Object> theirs =
        Map.of(
            "_cc_token",
            evidence.token().getBytes(StandardCharsets.US_ASCII),
            "_cc_namespace",
            "x-snp",
            "_cc_token_validated",
            true);
    assertThat(CCToken.fromMap(theirs).evidence(EvidenceForm.SNP_REPORT))
        .contains(Evidence.of(EvidenceForm.SNP_REPORT, evidence.token()));
  }

  @Test
  @DisplayName("an authorizer pairs collector and verifier under x-snp; either may be absent")
  void authorizer() {
    CCAuthorizer both = CCAuthorizer.of(collector(), Simulated.verifier(Simulated.milan()));
    assertThat(both.namespace()).isEqualTo(Namespace.SNP);
    assertThat(both.collector()).isPresent();
    assertThat(both.verifier()).isPresent();
    assertThat(CCAuthorizer.verifying(Simulated.verifier(Simulated.milan())).collector()).isEmpty();
  }
}
