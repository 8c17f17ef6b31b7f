// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest.forms;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.azure.collateral.AzureAnchors;
import io.fedtrust.attestation.providers.azure.maa.MaaItems;
import io.fedtrust.attestation.providers.azure.maa.MaaVerifier;
import io.fedtrust.attestation.providers.azure.verifier.AciVerifier;
import io.fedtrust.attestation.providers.azure.verifier.CvmVerifier;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.collateral.TrustAnchors;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaAnchors;
import io.fedtrust.attestation.providers.nvidia.nras.NrasItems;
import io.fedtrust.attestation.providers.nvidia.nras.NrasVerifier;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.tdx.collateral.IntelAnchors;
import io.fedtrust.attestation.providers.tdx.collateral.UpdateChannel;
import io.fedtrust.attestation.providers.tdx.format.TrailingBytes;
import io.fedtrust.attestation.providers.tdx.ita.ItaItems;
import io.fedtrust.attestation.providers.tdx.ita.ItaVerifier;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import io.fedtrust.cli.CliEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How commands find collateral, anchors and the instant to judge for. */
public final class EvidenceOptions {
  @Option(
      names = {"-d", "--collateral"},
      required = true,
      paramLabel = "DIR",
      description = "The collateral folder; 'attest collateral fetch' fills one.")
  Path collateral = Path.of("");

  @Option(
      names = "--at",
      paramLabel = "TIME",
      converter = InstantConverter.class,
      description = "Judge for this instant, for example 2026-11-21T00:00:00Z. Default: now.")
  Optional<Instant> at = Optional.empty();

  @Option(
      names = "--anchors",
      paramLabel = "FILE",
      description = "Also trust the roots recorded here, private or simulated. Verdicts say so.")
  Optional<Path> anchors = Optional.empty();

  @Option(
      names = "--no-revocation",
      description = "Do not ask for revocation lists. Verdicts say so.")
  boolean noRevocation;

  @Option(
      names = "--early",
      description = "Judge TDX platforms by what Intel says of them at once, without grace.")
  boolean early;

  @Option(
      names = "--ignore-trailing",
      description = "Ignore bytes behind a TDX quote that are not zeros.")
  boolean ignoreTrailing;

  @Option(
      names = "--issuer",
      paramLabel = "NAME",
      description =
          "Whose tokens are accepted. Default: Intel Trust Authority, or NVIDIA's service; of"
              + " Microsoft's, name the instance, for example"
              + " https://sharedeus2.eus2.attest.azure.net.")
  Optional<String> issuer = Optional.empty();

  @Option(
      names = "--exempt-measurement",
      paramLabel = "INDEX",
      converter = IndexConverter.class,
      description =
          "Leave a GPU's measurement out of the comparison with NVIDIA's manifests. May be repeated."
              + " Verdicts say so.")
  Set<Integer> exempt = new TreeSet<>();

  @Option(
      names = "--accept-hold",
      description = "Accept certificates of NVIDIA's that are on hold. Verdicts say so.")
  boolean acceptHold;

  @Option(
      names = "--maximum-token-age",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      defaultValue = "PT1H",
      description =
          "How long after its issue a token of Microsoft's service is accepted. Default:"
              + " ${DEFAULT-VALUE}.")
  Duration maximumTokenAge = Duration.ofHours(1);

  @Option(
      names = "--accept-unproven-key",
      description = "Accept a TPM key whose quote does not prove its attributes. Verdicts say so.")
  boolean acceptUnprovenKey;

  /** Reads an instant as ISO 8601 writes it. */
  public static final class InstantConverter implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String value) {
      try {
        return Instant.parse(value);
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "expected an instant such as 2026-11-21T00:00:00Z, was " + value);
      }
    }
  }

  /** Reads a time span as ISO 8601 writes it. */
  static final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      try {
        return Duration.parse(value);
      } catch (DateTimeException e) {
        throw new TypeConversionException("expected a time span such as PT1H, was " + value);
      }
    }
  }

  /** Reads the index of a measurement. */
  static final class IndexConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      if (value.matches("\\d{1,3}") && Integer.parseInt(value) <= GpuVerifier.MAX_INDEX) {
        return Integer.valueOf(value);
      }
      throw new TypeConversionException(
          "expected an index from 0 to " + GpuVerifier.MAX_INDEX + ", was " + value);
    }
  }

  public Instant instant(CliEnvironment environment) {
    return at.orElseGet(environment.clock()::instant);
  }

  public CollateralFolder folder(CliEnvironment environment) {
    return existing(environment, collateral);
  }

  /** A folder that is not there is a mistyped name, not one without items. */
  public static CollateralFolder existing(CliEnvironment environment, Path folder) {
    Path place = environment.resolve(folder);
    if (!Files.isDirectory(place)) {
      throw AttestationException.of(
          ErrorCode.COLLATERAL_FOLDER_INVALID, place.toString(), "there is no such folder");
    }
    return CollateralFolder.open(place);
  }

  public EvidenceVerification verify(
      CliEnvironment environment, Evidence evidence, CollateralFolder folder, Instant instant) {
    return verifier(environment, evidence.form()).verify(evidence, folder.collateral(), instant);
  }

  private EvidenceVerifier verifier(CliEnvironment environment, EvidenceForm form) {
    List<TrustAnchor> more =
        anchors.map(file -> TrustAnchors.read(environment.resolve(file))).orElse(List.of());
    Revocation revocation = noRevocation ? Revocation.NOT_CHECKED : Revocation.REQUIRED;
    return switch (form) {
      case TDX_QUOTE ->
          TdxVerifier.builder()
              .anchors(both(IntelAnchors.ALL, more))
              .revocation(revocation)
              .channel(early ? UpdateChannel.EARLY : UpdateChannel.STANDARD)
              .trailing(ignoreTrailing ? TrailingBytes.IGNORED : TrailingBytes.ZERO)
              .build();
      case ITA_JWT -> ItaVerifier.builder().issuer(issuer.orElse(ItaItems.ISSUER)).build();
      case NV_EVIDENCE ->
          GpuVerifier.builder()
              .anchors(both(NvidiaAnchors.ALL, more))
              .revocation(revocation)
              .exemptMeasurements(exempt)
              .acceptCertificateHold(acceptHold)
              .build();
      case NRAS_EAT -> NrasVerifier.builder().issuer(issuer.orElse(NrasItems.ISSUER)).build();
      case ACI_RAW ->
          AciVerifier.builder()
              .anchors(both(both(AmdAnchors.ALL, AzureAnchors.ALL), more))
              .revocation(revocation)
              .build();
      case CVM_TPM ->
          CvmVerifier.builder()
              .anchors(both(both(AmdAnchors.ALL, IntelAnchors.ALL), more))
              .revocation(revocation)
              .acceptUnprovenKey(acceptUnprovenKey)
              .build();
      case MAA_JWT -> MaaVerifier.containers(instance()).maximumAge(maximumTokenAge).build();
      case MAA_CVM_JWT ->
          MaaVerifier.virtualMachines(instance()).maximumAge(maximumTokenAge).build();
      case SNP_REPORT ->
          SnpVerifier.builder().anchors(both(AmdAnchors.ALL, more)).revocation(revocation).build();
    };
  }

  /** Anybody can have an instance, so none is accepted without being named. */
  private String instance() {
    try {
      return MaaItems.instance(issuer.orElse("none"));
    } catch (IllegalArgumentException e) {
      throw new AttestationException(
          ErrorCode.SERVICE_KEYS_INVALID,
          "--issuer",
          "the address of the instance of Microsoft's service whose tokens are accepted",
          issuer.orElse("none"));
    }
  }

  private static List<TrustAnchor> both(List<TrustAnchor> vendor, List<TrustAnchor> more) {
    return Stream.concat(vendor.stream(), more.stream()).toList();
  }
}
