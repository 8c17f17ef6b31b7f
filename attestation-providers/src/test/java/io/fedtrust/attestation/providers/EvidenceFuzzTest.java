// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.format.DidX509;
import io.fedtrust.attestation.providers.azure.format.HostCertificates;
import io.fedtrust.attestation.providers.azure.format.TpmQuote;
import io.fedtrust.attestation.providers.azure.format.UvmEndorsement;
import io.fedtrust.attestation.providers.azure.maa.MaaVerifier;
import io.fedtrust.attestation.providers.azure.verifier.AciVerifier;
import io.fedtrust.attestation.providers.azure.verifier.CvmVerifier;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.eventlog.EventLog;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.providers.nvidia.format.Architecture;
import io.fedtrust.attestation.providers.nvidia.format.DeviceCertificates;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import io.fedtrust.attestation.providers.nvidia.format.SignedManifest;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import io.fedtrust.attestation.providers.nvidia.nras.NrasVerifier;
import io.fedtrust.attestation.providers.nvidia.pki.Ocsp;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.pki.SignatureScheme;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.CertificateTable;
import io.fedtrust.attestation.providers.snp.format.EndorsementCertificate;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.tdx.format.PckCertificate;
import io.fedtrust.attestation.providers.tdx.format.QeIdentity;
import io.fedtrust.attestation.providers.tdx.format.SignedAnswer;
import io.fedtrust.attestation.providers.tdx.format.TcbInfo;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.providers.tdx.ita.ItaItems;
import io.fedtrust.attestation.providers.tdx.ita.ItaVerifier;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One target for each parser of attestation that sees foreign bytes: nothing but a refusal or a
 * verdict may come out. The build runs them over the committed corpus; {@code tools/fuzz} lets
 * Jazzer look for more.
 */
class EvidenceFuzzTest {
  private static final SnpVerifier VERIFIER = SnpVerifier.builder().build();
  private static final TdxVerifier TDX = TdxVerifier.builder().build();
  private static final ItaVerifier ITA = ItaVerifier.builder().build();
  private static final GpuVerifier GPUS = GpuVerifier.builder().build();
  private static final NrasVerifier NRAS = NrasVerifier.builder().build();
  private static final AciVerifier ACI = AciVerifier.builder().build();
  private static final CvmVerifier CVM = CvmVerifier.builder().build();
  private static final MaaVerifier MAA =
      MaaVerifier.containers("https://maa.simulated.invalid").build();
  private static final MaaVerifier MAA_CVM =
      MaaVerifier.virtualMachines("https://maa.simulated.invalid").build();
  private static final X509Certificate CERTIFICATE = certificate();
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Path FOLDER = folder();

  /** Of no real device: only its serial number and key are used. */
  private static X509Certificate certificate() {
    SimulatedGpuHost host = SimulatedGpuHost.create(Instant.EPOCH, new SecureRandom());
    try {
      return Certificates.parse(host.gpu().chain().get(1));
    } catch (MalformedEvidenceException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("fedtrust-fuzz");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final List<Method> TARGETS =
      Arrays.stream(EvidenceFuzzTest.class.getDeclaredMethods())
          .filter(method -> method.isAnnotationPresent(FuzzTest.class))
          .filter(method -> !method.getName().equals("together"))
          .sorted(Comparator.comparing(Method::getName))
          .toList();

  /** Every target in one process, which starts once: the first byte says which, by name. */
  @FuzzTest
  void together(byte[] data) throws Throwable {
    if (data.length == 0) {
      return;
    }
    try {
      TARGETS
          .get(Byte.toUnsignedInt(data[0]) % TARGETS.size())
          .invoke(this, Arrays.copyOfRange(data, 1, data.length));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @FuzzTest
  void report(byte[] data) {
    try {
      SnpReport.parse(data).hasReservedBits();
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
    judged(
        Evidence.of(EvidenceForm.SNP_REPORT, Base64.getEncoder().encodeToString(data)),
        Collateral.NONE);
  }

  @FuzzTest
  void token(byte[] data) {
    Evidence evidence =
        Evidence.of(EvidenceForm.SNP_REPORT, new String(data, StandardCharsets.UTF_8));
    judged(evidence, Collateral.NONE);
    judged(evidence.withEndorsements(data), Collateral.NONE);
  }

  @FuzzTest
  void certificateTable(byte[] data) {
    try {
      CertificateTable.parse(data).lengths();
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
  }

  @FuzzTest
  void endorsementCertificate(byte[] data) {
    try {
      EndorsementCertificate.parse(data);
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
  }

  @FuzzTest
  void collateralItems(byte[] data) {
    byte[] report = new byte[1184];
    report[0] = 5;
    report[10] = 2;
    report[0x34] = 1;
    report[0x38 + 0x10] = 4;
    judged(
        Evidence.of(EvidenceForm.SNP_REPORT, Base64.getEncoder().encodeToString(report)),
        Collateral.of(
            List.of(
                CollateralItem.of(SnpItems.VLEK, "fuzzed", data),
                CollateralItem.of(SnpItems.CHAIN, "vlek-Milan", data),
                CollateralItem.of(SnpItems.CRL, "vlek-Milan", data))));
  }

  @FuzzTest
  void quote(byte[] data) {
    try {
      TdxQuote.parse(data).certificationData().type();
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
    judged(
        TDX,
        Evidence.of(EvidenceForm.TDX_QUOTE, Base64.getEncoder().encodeToString(data))
            .withEndorsements(data),
        Collateral.NONE);
  }

  @FuzzTest
  void pckCertificate(byte[] data) {
    try {
      PckCertificate.parse(data);
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
  }

  @FuzzTest
  void intelsDocuments(byte[] data) {
    for (Reading reading :
        List.<Reading>of(
            TcbInfo::parse, QeIdentity::parse, SignedAnswer::tcbInfo, SignedAnswer::qeIdentity)) {
      try {
        reading.read(data);
      } catch (MalformedEvidenceException e) {
        requireReason(e);
      }
    }
  }

  /** Reads a document. */
  private interface Reading {
    Object read(byte[] data) throws MalformedEvidenceException;
  }

  @FuzzTest
  void eventLog(byte[] data) {
    for (RegisterBank bank : RegisterBank.values()) {
      try {
        EventLog log = EventLog.parse(data, bank);
        for (int i = 0; i < bank.registers(); i++) {
          log.replay(i);
        }
      } catch (MalformedEvidenceException e) {
        requireReason(e);
      }
    }
  }

  @FuzzTest
  void serviceToken(byte[] data) {
    judged(
        ITA,
        Evidence.of(EvidenceForm.ITA_JWT, new String(data, StandardCharsets.UTF_8)),
        Collateral.of(List.of(CollateralItem.of(ItaItems.KEYS, "fuzzed", data))));
    String part = Base64.getUrlEncoder().withoutPadding().encodeToString(data);
    judged(
        ITA,
        Evidence.of(EvidenceForm.ITA_JWT, "eyJhbGciOiJQUzM4NCIsImtpZCI6ImsifQ." + part + ".AA"),
        Collateral.NONE);
  }

  @FuzzTest
  void serviceKeys(byte[] data) {
    refusesOrReads(ErrorCode.SERVICE_KEYS_INVALID, () -> ServiceKeys.read(data));
    refusesOrReads(
        ErrorCode.SERVICE_KEYS_INVALID,
        () -> ServiceKeys.of("i", NOW, ServiceKeys.Trust.CONFIGURED, data));
  }

  @FuzzTest
  void deviceReport(byte[] data) {
    try {
      SpdmReport report = SpdmReport.parse(data);
      for (Architecture architecture : Architecture.values()) {
        ManifestId.of(architecture, report);
      }
      report.mode();
      report.switchPdis();
      report.gpuPdis();
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
  }

  @FuzzTest
  void devices(byte[] data) {
    judged(
        GPUS,
        Evidence.of(EvidenceForm.NV_EVIDENCE, new String(data, StandardCharsets.UTF_8)),
        Collateral.NONE);
    try {
      GpuEvidence.ofTool(data);
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
  }

  @FuzzTest
  void referenceManifest(byte[] data) {
    try {
      SignedManifest manifest = SignedManifest.parse(data);
      for (byte[] der : manifest.certificates()) {
        manifest.isSignedBy(Certificates.parse(der).getPublicKey());
      }
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
  }

  @FuzzTest
  void certificateStatus(byte[] data) {
    try {
      Ocsp.read(data, CERTIFICATE, CERTIFICATE, SignatureScheme.ECDSA_SHA384);
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
  }

  @FuzzTest
  void deviceCertificate(byte[] data) {
    try {
      DeviceCertificates.of(Certificates.parse(data), Certificates.parse(data));
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
  }

  @FuzzTest
  void serviceBundle(byte[] data) {
    judged(
        NRAS,
        Evidence.of(EvidenceForm.NRAS_EAT, new String(data, StandardCharsets.UTF_8)),
        Collateral.NONE);
  }

  @FuzzTest
  void containerGroup(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    judged(ACI, Evidence.of(EvidenceForm.ACI_RAW, text), Collateral.NONE);
    judged(ACI, AciEvidence.of(new byte[1184], data).evidence(), Collateral.NONE);
  }

  @FuzzTest
  void utilityVm(byte[] data) {
    try {
      UvmEndorsement.parse(data).statement();
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
  }

  @FuzzTest
  void identity(byte[] data) {
    try {
      DidX509.parse(new String(data, StandardCharsets.UTF_8))
          .mismatch(List.of(CERTIFICATE, CERTIFICATE));
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
  }

  @FuzzTest
  void hostCertificates(byte[] data) {
    try {
      HostCertificates.parse(data).fit(new byte[8]);
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
  }

  @FuzzTest
  void confidentialVm(byte[] data) {
    judged(
        CVM,
        Evidence.of(EvidenceForm.CVM_TPM, new String(data, StandardCharsets.UTF_8))
            .withEndorsements(data),
        Collateral.NONE);
    judged(
        CVM,
        new CvmEvidence(
                data, Optional.of(new CvmEvidence.Quote(data, data, data)), Optional.of(data))
            .evidence(),
        Collateral.NONE);
  }

  @FuzzTest
  void quotedRegisters(byte[] data) {
    try {
      TpmQuote.parse(data).registers(data);
      TpmQuote.signature(data);
    } catch (MalformedEvidenceException e) {
      requireReason(e);
    }
  }

  @FuzzTest
  void azureToken(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    String wrapped = "e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(data) + ".AA";
    for (String token : List.of(text, wrapped)) {
      judged(MAA, Evidence.of(EvidenceForm.MAA_JWT, token), Collateral.NONE);
      judged(MAA_CVM, Evidence.of(EvidenceForm.MAA_CVM_JWT, token), Collateral.NONE);
      for (EvidenceForm form : List.of(EvidenceForm.MAA_JWT, EvidenceForm.MAA_CVM_JWT)) {
        try {
          MaaVerifier.unverified(Evidence.of(form, token));
        } catch (MalformedEvidenceException e) {
          requireReason(e);
        }
      }
    }
  }

  @FuzzTest
  void policyYaml(byte[] data) {
    refusesOrReads(
        ErrorCode.POLICY_INVALID,
        () -> FederationPolicies.yaml(new String(data, StandardCharsets.UTF_8)));
  }

  @FuzzTest
  void policyJson(byte[] data) {
    refusesOrReads(
        ErrorCode.POLICY_INVALID,
        () -> FederationPolicies.json(new String(data, StandardCharsets.UTF_8)));
  }

  @FuzzTest
  void manifest(byte[] data) throws IOException {
    Files.write(FOLDER.resolve("manifest.json"), data);
    refusesOrReads(
        ErrorCode.COLLATERAL_FOLDER_INVALID, () -> CollateralFolder.open(FOLDER).entries());
  }

  private static void judged(Evidence evidence, Collateral collateral) {
    judged(VERIFIER, evidence, collateral);
  }

  private static void judged(EvidenceVerifier verifier, Evidence evidence, Collateral collateral) {
    EvidenceVerification result = verifier.verify(evidence, collateral, NOW);
    if (result instanceof EvidenceVerification.Genuine) {
      throw new AssertionError("fuzzed evidence is authentic");
    }
    if (result.checks().stream()
        .anyMatch(check -> check.code().filter(ReasonCode.INTERNAL_ERROR::equals).isPresent())) {
      throw new AssertionError("a defect was met: " + result.checks());
    }
  }

  private static void requireReason(MalformedEvidenceException e) {
    if (e.check().code().isEmpty()) {
      throw new AssertionError("no reason", e);
    }
  }

  private static void refusesOrReads(ErrorCode code, Runnable reading) {
    try {
      reading.run();
    } catch (AttestationException e) {
      if (e.code() != code) {
        throw new AssertionError("another code than " + code, e);
      }
    }
  }
}
