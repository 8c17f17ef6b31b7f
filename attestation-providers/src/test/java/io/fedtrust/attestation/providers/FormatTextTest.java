// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.format.DidX509;
import io.fedtrust.attestation.providers.azure.format.HclReport;
import io.fedtrust.attestation.providers.azure.format.HostCertificates;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.azure.format.TpmQuote;
import io.fedtrust.attestation.providers.azure.format.UvmEndorsement;
import io.fedtrust.attestation.providers.nvidia.format.DeviceCertificates;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import io.fedtrust.attestation.providers.nvidia.format.SignedManifest;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.CertificateTable;
import io.fedtrust.attestation.providers.snp.format.EndorsementCertificate;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import io.fedtrust.attestation.providers.tdx.format.CcelTable;
import io.fedtrust.attestation.providers.tdx.format.CertificationData;
import io.fedtrust.attestation.providers.tdx.format.PckCertificate;
import io.fedtrust.attestation.providers.tdx.format.QeIdentity;
import io.fedtrust.attestation.providers.tdx.format.SignedAnswer;
import io.fedtrust.attestation.providers.tdx.format.TcbInfo;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.simulated.SimulatedConfidentialVm;
import io.fedtrust.attestation.simulated.SimulatedContainerGroup;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import io.fedtrust.attestation.simulated.SimulatedReport;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.simulated.SimulatedTcb;
import io.fedtrust.attestation.simulated.SimulatedTdxPlatform;
import io.fedtrust.attestation.simulated.SimulatedUvm;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The text of every parsed format, as operators see it in logs and debuggers. */
class FormatTextTest {
  private static final int LONGEST = 400;
  private static final int DUMP_BYTES = 64;
  private static final byte[] NONE = {};
  private static final int SAMPLES = 20;
  private static final Pattern LONG_HEX = Pattern.compile("(\\w+ )?[0-9a-fA-F]{64,}");
  private static final Pattern DIGEST =
      Pattern.compile("(sha256|measurement|MRSIGNER|MRTD|FWID|digest) ([0-9a-f]{64}|[0-9a-f]{96})");
  private static final Pattern JAVA_DEFAULT = Pattern.compile("[.\\w]+@[0-9a-f]{1,8}");

  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
  private static final Instant MADE = NOW.minus(Duration.ofDays(100));
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Walks from parsed evidence to everything that its public methods return. */
  private static final class Objects {
    private final Map<Class<?>, List<Object>> found = new LinkedHashMap<>();

    private void add(Object value) throws ReflectiveOperationException {
      if (value instanceof Optional<?> optional) {
        if (optional.isPresent()) {
          add(optional.get());
        }
      } else if (value instanceof Collection<?> many) {
        for (Object one : many) {
          add(one);
        }
      } else if (isFormat(value.getClass())) {
        List<Object> samples = found.computeIfAbsent(value.getClass(), type -> new ArrayList<>());
        if (samples.size() < SAMPLES) {
          samples.add(value);
          for (Method method : accessors(value.getClass())) {
            add(method.invoke(value));
          }
        }
      }
    }
  }

  private static boolean isFormat(Class<?> type) {
    return type.getPackageName().matches(".*\\.providers\\.(snp|tdx|nvidia|azure)\\.format")
        && !type.isEnum();
  }

  private static List<Method> accessors(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> method.getParameterCount() == 0 && method.getReturnType() != void.class)
        .filter(method -> method.getExceptionTypes().length == 0)
        .filter(method -> !Set.of("hashCode", "toString").contains(method.getName()))
        .sorted(Comparator.comparing(Method::getName))
        .toList();
  }

  /** Every public type of the format packages that has instances. */
  private static Set<String> types() throws IOException, ReflectiveOperationException {
    Set<String> types = new TreeSet<>();
    Path classes = classes();
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        String name =
            classes.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
        if (name.matches(".*\\.format\\.[A-Z].*") && hasInstances(Class.forName(name))) {
          types.add(name);
        }
      }
    }
    return types;
  }

  private static Path classes() {
    try {
      return Path.of(SnpReport.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean hasInstances(Class<?> type) {
    return isFormat(type)
        && isPublic(type)
        && !type.isInterface()
        && Arrays.stream(type.getDeclaredMethods())
            .anyMatch(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic());
  }

  private static boolean isPublic(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
  }

  private static Objects simulated() throws Exception {
    Objects objects = new Objects();
    SimulatedSnpPlatform amd = SimulatedSnpPlatform.create(ProductLine.MILAN, MADE, RANDOM);
    for (EndorsementKey key : EndorsementKey.values()) {
      SimulatedReport report = amd.report(key);
      objects.add(SnpReport.parse(amd.sign(report)));
      for (CollateralItem item : amd.collateral(report, MADE)) {
        if (Set.of(SnpItems.VCEK, SnpItems.VLEK).contains(item.kind())) {
          objects.add(EndorsementCertificate.parse(item.bytes()));
          objects.add(CertificateTable.parse(table(item.bytes())));
        }
      }
      objects.add(SnpReport.parse(amd.sign(report)).tcb(SnpField.REPORTED_TCB, ProductLine.MILAN));
    }
    SimulatedTdxPlatform intel = SimulatedTdxPlatform.create(MADE, RANDOM);
    objects.add(TdxQuote.parse(intel.sign(intel.quote())));
    for (CollateralItem item : intel.collateral(SimulatedTcb.upToDate(), MADE)) {
      intelItem(objects, item);
    }
    objects.add(PckCertificate.parse(CertificatePem.read(intel.pckChain()).get(0)));
    objects.add(new CcelTable(2, 0, 65_536, 4_096));
    objects.add(new CertificationData.PlatformId(3, new byte[384], new byte[16], 11, 0));
    objects.add(new CertificationData.PckLeaf(intel.pckChain()));
    SimulatedGpuHost host = SimulatedGpuHost.create(MADE, RANDOM);
    host.gpu();
    gpus(objects, host.evidence(new byte[SpdmReport.NONCE_BYTES]));
    for (ManifestId id : host.manifestIds()) {
      objects.add(id);
      objects.add(SignedManifest.parse(host.sign(host.manifest(id), MADE)));
    }
    azure(objects, amd);
    return objects;
  }

  private static void azure(Objects objects, SimulatedSnpPlatform amd) throws Exception {
    SimulatedConfidentialVm machine = SimulatedConfidentialVm.on(amd, new byte[48], RANDOM);
    byte[] attest = machine.attest(new byte[32]);
    CvmEvidence presented = machine.presented(machine.runtimeData(), attest);
    objects.add(presented);
    HclReport paravisor = HclReport.parse(presented.hcl());
    objects.add(paravisor);
    objects.add(paravisor.attestationKey());
    objects.add(TpmQuote.parse(attest));
    SimulatedUvm uvm = SimulatedUvm.create(MADE, RANDOM);
    SimulatedContainerGroup group =
        SimulatedContainerGroup.on(
            amd, uvm, "package policy".getBytes(StandardCharsets.UTF_8), new byte[48], MADE);
    byte[] runtimeData = RuntimeData.of(new byte[32]);
    objects.add(group.bundle(runtimeData, group.report(runtimeData), group.endorsement()));
    objects.add(UvmEndorsement.parse(uvm.sign(group.endorsement())));
    objects.add(DidX509.parse(uvm.issuer()));
    objects.add(new HostCertificates(uvm.chain(), new byte[8]));
  }

  private static void gpus(Objects objects, GpuEvidence evidence) throws Exception {
    objects.add(evidence);
    for (GpuEvidence.Device device : evidence.devices()) {
      objects.add(SpdmReport.parse(device.report().bytes()));
      objects.add(deviceCertificates(device.certificates()));
    }
  }

  private static void intelItem(Objects objects, CollateralItem item) throws Exception {
    if (item.kind().equals(TdxItems.TCB_INFO)) {
      tcbInfo(objects, item.bytes());
    } else if (item.kind().equals(TdxItems.QE_IDENTITY)) {
      objects.add(QeIdentity.parse(SignedAnswer.qeIdentity(item.bytes()).object()));
    }
  }

  private static void tcbInfo(Objects objects, byte[] json) throws Exception {
    SignedAnswer signed = SignedAnswer.tcbInfo(json);
    objects.add(signed);
    objects.add(TcbInfo.parse(signed.object()));
  }

  private static DeviceCertificates deviceCertificates(List<byte[]> chain)
      throws MalformedEvidenceException {
    return DeviceCertificates.of(
        Certificates.parse(chain.get(0)), Certificates.parse(chain.get(1)));
  }

  /** A table of one certificate and its end. */
  private static byte[] table(byte[] certificate) {
    int header = 48;
    return ByteBuffer.allocate(header + certificate.length)
        .putLong(CertificateTable.VCEK.getMostSignificantBits())
        .putLong(CertificateTable.VCEK.getLeastSignificantBits())
        .putInt(Integer.reverseBytes(header))
        .putInt(Integer.reverseBytes(certificate.length))
        .position(header)
        .put(certificate)
        .array();
  }

  @Test
  @DisplayName("every format has a short text with lengths and digests instead of its bytes")
  void simulatedFormats() throws Exception {
    Objects objects = simulated();
    assertThat(objects.found.keySet().stream().map(Class::getName).toList())
        .as("add an instance of every format to this test")
        .containsAll(types());
    readable(objects);
  }

  @Test
  @DisplayName("real evidence and collateral have short texts")
  void realFormats() throws Exception {
    Path vectors = Path.of(System.getProperty("fedtrust.vectors", "none"));
    assumeTrue(Files.isDirectory(vectors), "the vectors are not here");
    Objects objects = new Objects();
    try (Stream<Path> files = Files.walk(vectors)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        try {
          real(objects, file);
        } catch (MalformedEvidenceException e) {
          // Some vectors are malformed on purpose; others check that.
          assertThat(e.check().name()).isNotBlank();
        }
      }
    }
    assertThat(objects.found)
        .containsKeys(
            SnpReport.class,
            EndorsementCertificate.class,
            TdxQuote.class,
            PckCertificate.class,
            TcbInfo.class,
            QeIdentity.class,
            SpdmReport.class,
            SignedManifest.class,
            DeviceCertificates.class,
            HclReport.class,
            HostCertificates.class,
            UvmEndorsement.class);
    readable(objects);
  }

  private static void real(Objects objects, Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    switch (file.getFileName().toString()) {
      case "report.bin", "snp-report.bin" -> objects.add(SnpReport.parse(bytes));
      case "vcek.der", "vlek.der" -> objects.add(EndorsementCertificate.parse(bytes));
      case "quote.bin" -> {
        TdxQuote quote = TdxQuote.parse(bytes);
        objects.add(quote);
        if (quote.certificationData() instanceof CertificationData.PckChain chain) {
          objects.add(PckCertificate.parse(CertificatePem.read(chain.pem()).get(0)));
        }
      }
      case "tcb_info.json" -> tcbInfo(objects, bytes);
      case "qe_identity.json" ->
          objects.add(QeIdentity.parse(SignedAnswer.qeIdentity(bytes).object()));
      case "report.hex" -> objects.add(SpdmReport.parse(HexFormat.of().parseHex(text(bytes))));
      case "chain.pem" -> objects.add(deviceCertificates(CertificatePem.read(bytes)));
      case "hcl-report-snp.bin", "hcl-report-tdx.bin" -> objects.add(HclReport.parse(bytes));
      case "host-amd-cert-base64" ->
          objects.add(HostCertificates.parse(Base64.getDecoder().decode(text(bytes))));
      case "reference-info-base64" ->
          objects.add(UvmEndorsement.parse(Base64.getDecoder().decode(text(bytes))));
      default -> {
        if (file.getFileName().toString().matches("NV_(GPU|NVS).*\\.xml")) {
          objects.add(SignedManifest.parse(bytes));
        }
      }
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII).strip();
  }

  private static void readable(Objects objects) throws ReflectiveOperationException {
    for (List<Object> samples : objects.found.values()) {
      for (Object sample : samples) {
        readable(sample);
      }
    }
  }

  private static void readable(Object sample) throws ReflectiveOperationException {
    String text = sample.toString();
    String name = sample.getClass().getName() + ": " + text;
    assertThat(text).as(name).isNotBlank().hasSizeLessThan(LONGEST).isEqualTo(sample.toString());
    assertThat(JAVA_DEFAULT.matcher(text).find()).as("names a Java object: " + name).isFalse();
    assertThat(text.chars().allMatch(c -> c >= ' ' && c < 0x7F)).as("prints: " + name).isTrue();
    assertThat(
            LONG_HEX
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .filter(hex -> !DIGEST.matcher(hex).matches()))
        .as("hex that is no digest in " + name)
        .isEmpty();
    for (Method method : accessors(sample.getClass())) {
      Object value = method.invoke(sample);
      byte[] bytes =
          value instanceof Bytes held ? held.bytes() : value instanceof byte[] raw ? raw : NONE;
      if (bytes.length >= DUMP_BYTES) {
        assertThat(text)
            .as(name)
            .doesNotContainIgnoringCase(HexFormat.of().formatHex(bytes))
            .doesNotContain(Base64.getEncoder().encodeToString(bytes));
      }
    }
  }
}
