// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.family.KeyService;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.attest.forms.EvidenceOptions;
import io.fedtrust.cli.attest.forms.KeyServiceInput;
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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code attest collateral keys}. */
@Command(
    name = "keys",
    description = {
      "Add the keys of a service that signs tokens to a collateral folder.",
      "No vendor's root certificate covers such keys. You state which service they belong to and "
          + "until when they are used."
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
      description = "Use the keys until this time, for example 2026-12-31T00:00:00Z.")
  Instant until = Instant.MIN;

  @Mixin KeyServiceInput input = new KeyServiceInput();

  @Option(
      names = "--issuer",
      paramLabel = "NAME",
      description =
          "The issuer of the tokens (claim 'iss'). Default: that of the vendor's own service.")
  Optional<String> issuer = Optional.empty();

  @Option(
      names = "--pin",
      paramLabel = "SHA256",
      description =
          "SHA-256 of the SubjectPublicKeyInfo of a key, or of a certificate above it. Only pinned"
              + " keys are used. Repeatable.")
  Set<String> pins = new TreeSet<>();

  @Option(
      names = {"-d", "--collateral"},
      required = true,
      paramLabel = "DIR",
      description = "The collateral folder, created if missing.")
  Path collateral = Path.of("");

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
    KeyService service = input.service();
    String whose = issuer.or(service::issuer).orElse("");
    String subject = subject(service, whose);
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
            keys.item(service.kind(), subject),
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

  private String subject(KeyService service, String whose) {
    try {
      return service.subject().apply(whose);
    } catch (IllegalArgumentException e) {
      throw usage("--issuer: " + e.getMessage());
    }
  }
}
