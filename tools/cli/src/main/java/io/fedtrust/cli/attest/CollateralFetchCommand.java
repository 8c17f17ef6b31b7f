// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.maa.MaaKeysClient;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.FetchSettings;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaClient;
import io.fedtrust.attestation.providers.nvidia.nras.NrasKeysClient;
import io.fedtrust.attestation.providers.snp.collateral.KdsClient;
import io.fedtrust.attestation.providers.tdx.collateral.PcsClient;
import io.fedtrust.attestation.providers.tdx.collateral.UpdateChannel;
import io.fedtrust.attestation.providers.tdx.ita.ItaKeysClient;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.attest.forms.EvidenceInput;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code attest collateral fetch}. */
@Command(
    name = "fetch",
    description =
        "Fetch what a piece of evidence needs from its vendor or service, and keep it in a folder.",
    footerHeading = "%nExample:%n",
    footer = {
      "  fedtrust attest collateral fetch --evidence report.bin --collateral ./collateral",
      "  fedtrust attest collateral fetch --form tdx-quote --evidence quote.bin \\",
      "      --pcs https://pccs.example.org --collateral ./collateral",
      "  fedtrust attest collateral fetch --form nv-evidence --evidence gpus.json --collateral ./collateral",
      "  fedtrust attest collateral fetch --form maa-jwt --evidence token.txt \\",
      "      --maa https://sharedeus2.eus2.attest.azure.net --collateral ./collateral"
    })
final class CollateralFetchCommand extends Action {
  private static final int MAX_KEY_BYTES = 4096;

  @Mixin EvidenceInput input = new EvidenceInput();

  @Option(
      names = {"-e", "--evidence"},
      required = true,
      paramLabel = "FILE",
      description = EvidenceInput.FILE)
  Path evidence = Path.of("");

  @Option(
      names = {"-d", "--collateral"},
      required = true,
      paramLabel = "DIR",
      description = "The collateral folder; made if it is not there.")
  Path collateral = Path.of("");

  @Option(
      names = "--kds",
      paramLabel = "URI",
      description = "Another key distribution service than AMD's, for example a mirror.")
  URI kds = KdsClient.AMD;

  @Option(
      names = "--pcs",
      paramLabel = "URI",
      description = "Another provisioning service than Intel's, for example a PCCS.")
  URI pcs = PcsClient.INTEL;

  @Option(
      names = "--early",
      description = "What Intel says of TDX platforms at once, without grace.")
  boolean early;

  @Option(
      names = "--ita",
      paramLabel = "URI",
      description = "Another Trust Authority than Intel's; its keys are at /certs there.")
  URI ita = ItaKeysClient.INTEL;

  @Option(
      names = "--rim",
      paramLabel = "URI",
      description = "Another service of reference manifests than NVIDIA's.")
  URI rim = NvidiaClient.NVIDIA;

  @Option(
      names = "--ocsp",
      paramLabel = "URI",
      description = "Another OCSP responder than NVIDIA's, for example a proxy.")
  URI ocsp = NvidiaClient.NVIDIA_OCSP;

  @Option(
      names = "--nras",
      paramLabel = "URI",
      description =
          "Another remote attestation service than NVIDIA's; its keys are at /.well-known/jwks.json"
              + " there.")
  URI nras = NrasKeysClient.NVIDIA;

  @Option(
      names = "--maa",
      paramLabel = "URI",
      description =
          "The instance of Microsoft's service whose keys are fetched, for example"
              + " https://sharedeus2.eus2.attest.azure.net. A token does not choose it.")
  Optional<String> maa = Optional.empty();

  @Option(
      names = "--service-key-file",
      paramLabel = "FILE",
      description = "A file with the key to show to NVIDIA's services of manifests and status.")
  Optional<Path> serviceKeyFile = Optional.empty();

  CollateralFetchCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("items", "failed");
  }

  @Override
  protected int execute(CommandOutput answer) {
    Evidence read = input.read(environment(), evidence);
    http("--kds", kds);
    http("--pcs", pcs);
    http("--ita", ita);
    http("--rim", rim);
    http("--ocsp", ocsp);
    http("--nras", nras);
    FetchedCollateral fetched = fetch(read);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("items", fetched.collateral().items().stream().map(Object::toString).toList());
    data.put("failed", fetched.failures().stream().map(Throwable::getMessage).toList());
    if (fetched.failures().isEmpty()) {
      return answer.success(data);
    }
    AttestationException first = fetched.failures().get(0);
    return answer.failure(CommandOutput.Failure.of(first), data);
  }

  private FetchedCollateral fetch(Evidence read) {
    return switch (read.form()) {
      case TDX_QUOTE -> intel(read);
      case ITA_JWT -> with(ItaKeysClient.builder(), ita).build().fetch(read);
      case NV_EVIDENCE -> nvidia().build().fetch(read);
      case NRAS_EAT -> with(NrasKeysClient.builder(), nras).build().fetch(read);
      case MAA_JWT, MAA_CVM_JWT -> instance().build().fetch(read);
      case ACI_RAW -> amd(AciEvidence.reportIn(read));
      case CVM_TPM -> ofHardware(CvmEvidence.hardwareIn(read));
      case SNP_REPORT -> amd(read);
    };
  }

  private FetchedCollateral ofHardware(Evidence hardware) {
    return switch (hardware.form()) {
      case SNP_REPORT -> amd(hardware);
      case TDX_QUOTE -> intel(hardware);
      case ITA_JWT, NV_EVIDENCE, NRAS_EAT, ACI_RAW, MAA_JWT, MAA_CVM_JWT, CVM_TPM ->
          throw new AttestationException(
              ErrorCode.EVIDENCE_UNREADABLE,
              "hardware evidence within " + EvidenceForm.CVM_TPM,
              EvidenceForm.SNP_REPORT + " or " + EvidenceForm.TDX_QUOTE,
              hardware.form());
    };
  }

  private FetchedCollateral amd(Evidence report) {
    return with(KdsClient.builder(), kds).build().fetch(report);
  }

  private FetchedCollateral intel(Evidence quote) {
    return with(PcsClient.builder(), pcs)
        .channel(early ? UpdateChannel.EARLY : UpdateChannel.STANDARD)
        .build()
        .fetch(quote);
  }

  private MaaKeysClient.Builder instance() {
    String address =
        maa.orElseThrow(() -> usage("--maa: required for tokens of Microsoft's service"));
    try {
      return with(MaaKeysClient.builder(address), URI.create(address));
    } catch (IllegalArgumentException e) {
      throw usage("--maa: expected https:// and a host that is no test cluster, was " + address);
    }
  }

  private NvidiaClient.Builder nvidia() {
    NvidiaClient.Builder builder = with(NvidiaClient.builder(), rim).responder(ocsp);
    return serviceKeyFile.map(file -> builder.serviceKey(() -> serviceKey(file))).orElse(builder);
  }

  private String serviceKey(Path file) {
    try (InputStream in = Files.newInputStream(environment().resolve(file))) {
      return new String(in.readNBytes(MAX_KEY_BYTES), StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw AttestationException.because(
          ErrorCode.COLLATERAL_UNAVAILABLE, "--service-key-file " + file, e);
    }
  }

  private <B extends FetchSettings.Builder<B>> B with(B builder, URI base) {
    return builder
        .base(base)
        .clock(environment().clock())
        .folder(CollateralFolder.open(environment().resolve(collateral)));
  }

  private void http(String option, URI address) {
    String scheme = String.valueOf(address.getScheme());
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw usage(option + ": expected an http or https address, was " + address);
    }
  }
}
