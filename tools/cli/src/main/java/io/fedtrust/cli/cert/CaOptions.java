// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.CliEnvironment;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of every command that opens the CA with its key. */
final class CaOptions {
  @Option(
      names = {"-c", "--ca-dir"},
      required = true,
      paramLabel = "DIR",
      description = "The CA folder.")
  Path caDir = Path.of("");

  @Option(
      names = "--key-passphrase-file",
      paramLabel = "FILE",
      description = "Decrypt the CA key with the first line of FILE.")
  Optional<Path> passphraseFile = Optional.empty();

  @Option(
      names = "--allow-group",
      description = "Accept a CA folder and key that their group may read or write.")
  boolean allowGroup;

  CertificateAuthority open(ProvisioningEngine engine, CliEnvironment environment) {
    CertificateAuthority.Opening opening = engine.openAuthority(environment.resolve(caDir));
    passphraseFile.map(environment::resolve).ifPresent(opening::passphraseFile);
    if (allowGroup) {
      opening.allowGroup();
    }
    return opening.open();
  }
}
