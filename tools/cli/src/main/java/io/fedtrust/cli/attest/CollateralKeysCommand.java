// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.providers.azure.maa.MaaItems;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.nvidia.nras.NrasItems;
import io.fedtrust.attestation.providers.tdx.ita.ItaItems;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.attest.forms.EvidenceOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code attest collateral keys}. */
@Command(
    name = "keys",
    description = {
      "Put the keys of a service that signs tokens into a folder. Such keys have no vendor root: you",
      "say whose they are and until when they hold."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  fedtrust attest collateral keys --jwks certs.json --until 2026-12-31T00:00:00Z \\",
      "      --collateral ./collateral"
    })
final class CollateralKeysCommand extends Action {
  private static final int MAX_BYTES = 1 << 20;

  @Option(
      names = "--jwks",
      required = true,
      paramLabel = "FILE",
      description = "The service's JSON Web Key Set.")
  Path jwks = Path.of("");

  @Option(
      names = "--until",
      required = true,
      paramLabel = "TIME",
      converter = EvidenceOptions.InstantConverter.class,
      description = "When they are no longer used, for example 2026-12-31T00:00:00Z.")
  Instant until = Instant.MIN;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      defaultValue = "ita",
      description =
          "Whose they are: ${COMPLETION-CANDIDATES}. ita: Intel Trust Authority; nras: NVIDIA's"
              + " remote attestation service; maa: an instance of Microsoft Azure Attestation,"
              + " which --issuer names. Default: ${DEFAULT-VALUE}.")
  Service service = Service.ita;

  @Option(
      names = "--issuer",
      paramLabel = "NAME",
      description = "What the service calls itself in 'iss'. Default: what the vendor's own does.")
  Optional<String> issuer = Optional.empty();

  @Option(
      names = "--pin",
      paramLabel = "SHA256",
      description = "Digest of a key, or of one above it: only these count. May be repeated.")
  Set<String> pins = new TreeSet<>();

  @Option(
      names = {"-d", "--collateral"},
      required = true,
      paramLabel = "DIR",
      description = "The collateral folder; made if it is not there.")
  Path collateral = Path.of("");

  /** Services that sign tokens, by the words of the command line. */
  enum Service {
    ita(ItaItems.KEYS, ItaItems.ISSUER),
    nras(NrasItems.KEYS, NrasItems.ISSUER),
    maa(MaaItems.KEYS, "");

    private final String kind;
    private final String issuer;

    Service(String kind, String issuer) {
      this.kind = kind;
      this.issuer = issuer;
    }

    /** What the keys of an issuer are called: of the vendor's own service as its clients do. */
    private String subject(String whose) {
      return switch (this) {
        case ita -> ItaItems.INTEL;
        case nras -> NrasItems.NVIDIA;
        case maa -> MaaItems.subject(MaaItems.instance(whose));
      };
    }
  }

  CollateralKeysCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("issuer", "until", "pins", "sha256");
  }

  @Override
  protected int execute(CommandOutput answer) {
    Instant now = environment().clock().instant();
    String whose = issuer.orElse(service.issuer);
    String subject = subject(whose);
    ServiceKeys keys;
    try (InputStream in = Files.newInputStream(environment().resolve(jwks))) {
      keys =
          ServiceKeys.of(whose, until, ServiceKeys.Trust.CONFIGURED, in.readNBytes(MAX_BYTES + 1))
              .pinned(pins);
    } catch (IOException e) {
      throw AttestationException.because(ErrorCode.SERVICE_KEYS_INVALID, jwks.toString(), e);
    } catch (IllegalArgumentException e) {
      throw usage("--pin: expected 64 lower-case hex digits");
    }
    CollateralEntry entry =
        new CollateralEntry(
            keys.item(service.kind, subject),
            "configured",
            now,
            Optional.of(now),
            Optional.of(until));
    CollateralFolder.open(environment().resolve(collateral)).add(List.of(entry));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("issuer", whose);
    data.put("until", until.toString());
    data.put("pins", List.copyOf(pins));
    data.put("sha256", entry.item().sha256());
    return answer.success(data);
  }

  private String subject(String whose) {
    try {
      return service.subject(whose);
    } catch (IllegalArgumentException e) {
      throw usage("--issuer: expected https:// and a host that is no test cluster, was " + whose);
    }
  }
}
