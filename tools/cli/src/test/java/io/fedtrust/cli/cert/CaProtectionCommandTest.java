// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The CA's key, folder and certificate, from the command line. */
class CaProtectionCommandTest {
  private static final String INIT =
      "cert init --profile project_profile.yaml -o ca --key-type rsa:2048";
  private static final String APPROVE =
      "cert approve hospital-a/hospital-a.request.zip -c ca --profile project_profile.yaml"
          + " --format json";

  @TempDir Path temp;
  private Shell shell;

  @BeforeEach
  void federation() {
    shell = new Shell(temp);
    shell.writeFederation();
  }

  private void initAndRequest() {
    assertThat(shell.run(INIT).exit()).isZero();
    assertThat(shell.run("cert request -p hospital-a.yaml").exit()).isZero();
  }

  private void chmod(String path, String mode) throws IOException {
    Files.setPosixFilePermissions(
        shell.folder.resolve(path), PosixFilePermissions.fromString(mode));
  }

  @Test
  @DisplayName("approve and inspect refuse a CA key that others can read, and say the chmod")
  void readableKey() throws Exception {
    initAndRequest();
    chmod("ca/rootCA.key", "rw-r--r--");
    Shell.Result approve = shell.run(APPROVE);
    assertThat(approve.exit()).isEqualTo(1);
    assertThat(approve.json("error_code")).isEqualTo("CA_PERMISSIONS");
    assertThat(approve.json("hint")).contains("chmod 600 " + shell.folder.resolve("ca/rootCA.key"));
    assertThat(shell.run(APPROVE + " --allow-group").json("error_code"))
        .isEqualTo("CA_PERMISSIONS");
    assertThat(shell.run("cert inspect ca --format json").json("error_code"))
        .isEqualTo("CA_PERMISSIONS");
    assertThat(shell.folder.resolve("hospital-a/hospital-a.signed.zip")).doesNotExist();
  }

  @Test
  @DisplayName("--allow-group accepts a CA that its group shares")
  void allowGroup() throws Exception {
    initAndRequest();
    chmod("ca", "rwxrwx---");
    chmod("ca/rootCA.key", "rw-r-----");
    assertThat(shell.run(APPROVE).json("error_code")).isEqualTo("CA_PERMISSIONS");
    assertThat(shell.run("cert inspect ca").exit()).isEqualTo(1);
    assertThat(shell.run("cert inspect ca --allow-group").exit()).isZero();
    assertThat(shell.run(APPROVE + " --allow-group").exit()).isZero();
  }

  @Test
  @DisplayName("init names no option that it does not have")
  void initHasNoGroup() throws Exception {
    initAndRequest();
    chmod("ca", "rwxrwx---");
    Shell.Result init = shell.run(INIT + " --deploy-version 01 --force --format json");
    assertThat(init.json("error_code")).isEqualTo("CA_PERMISSIONS");
    assertThat(init.json("hint")).contains("chmod go-w").doesNotContain("--allow-group");
  }

  @Test
  @DisplayName("approve refuses rootCA.pem and ca.json that others can write to")
  void writableDocuments() throws Exception {
    initAndRequest();
    for (String file : new String[] {"ca/rootCA.pem", "ca/ca.json"}) {
      chmod(file, "rw-rw-rw-");
      Shell.Result approve = shell.run(APPROVE);
      assertThat(approve.json("error_code")).isEqualTo("CA_PERMISSIONS");
      assertThat(approve.json("hint")).contains("chmod go-w " + shell.folder.resolve(file));
      chmod(file, "rw-r--r--");
    }
  }

  @Test
  @DisplayName("a CA folder with mode 0755 is used with a warning, with 0777 not at all")
  void folderModes() throws Exception {
    initAndRequest();
    chmod("ca", "rwxrwxrwx");
    assertThat(shell.run(APPROVE).json("error_code")).isEqualTo("CA_PERMISSIONS");
    chmod("ca", "rwxr-xr-x");
    Shell.Result approve = shell.run(APPROVE);
    assertThat(approve.exit()).as(approve.out()).isZero();
    assertThat(approve.err()).contains("chmod 700 " + shell.folder.resolve("ca"));
  }

  @Test
  @DisplayName("a passphrase file that others can read encrypts and opens nothing")
  void passphraseFiles() throws Exception {
    shell.write("passphrase", "correct horse\n");
    chmod("passphrase", "rw-r--r--");
    Shell.Result init = shell.run(INIT + " --key-passphrase-file passphrase --format json");
    assertThat(init.json("error_code")).isEqualTo("CA_PERMISSIONS");
    assertThat(shell.folder.resolve("ca")).doesNotExist();
    chmod("passphrase", "rw-------");
    assertThat(shell.run(INIT + " --key-passphrase-file passphrase").exit()).isZero();
    assertThat(shell.run("cert request -p hospital-a.yaml").exit()).isZero();
    chmod("passphrase", "rw-r--r--");
    assertThat(shell.run(APPROVE + " --key-passphrase-file passphrase").json("error_code"))
        .isEqualTo("CA_PERMISSIONS");
    chmod("passphrase", "rw-------");
    assertThat(shell.run(APPROVE + " --key-passphrase-file passphrase").exit()).isZero();
  }

  @Test
  @DisplayName("a passphrase of less than 12 characters encrypts no key, and is not shown")
  void shortPassphrase() throws Exception {
    shell.write("passphrase", "pa55w0rd\n");
    chmod("passphrase", "rw-------");
    Shell.Result init = shell.run(INIT + " --key-passphrase-file passphrase --format json");
    assertThat(init.exit()).isEqualTo(4);
    assertThat(init.json("message")).contains("at least 12 characters");
    assertThat(init.out() + init.err()).doesNotContain("pa55w0rd");
  }

  @ParameterizedTest
  @CsvSource({"'', 3072", "' --key-type rsa:2048', 2048"})
  @DisplayName("--key-type sets the size of the CA key; 3072 bits by default")
  void keyTypes(String option, int bits) throws Exception {
    assertThat(shell.run("cert init --profile project_profile.yaml -o ca" + option).exit())
        .isZero();
    X509Certificate root = certificate(Files.readAllBytes(shell.folder.resolve("ca/rootCA.pem")));
    assertThat(((RSAPublicKey) root.getPublicKey()).getModulus().bitLength()).isEqualTo(bits);
  }

  @Test
  @DisplayName("another --key-type is refused with the ones there are")
  void unknownKeyType() {
    Shell.Result init =
        shell.run(
            "cert init --profile project_profile.yaml -o ca --key-type rsa:1024 --format json");
    assertThat(init.exit()).isEqualTo(4);
    assertThat(init.json("message")).contains("rsa:2048, rsa:3072, rsa:4096");
  }

  @Test
  @DisplayName("approve, list and inspect refuse a rootCA.pem with a second certificate")
  void secondCertificate() throws Exception {
    initAndRequest();
    assertThat(shell.run(INIT.replace("-o ca", "-o other")).exit()).isZero();
    Files.write(
        shell.folder.resolve("ca/rootCA.pem"),
        Files.readAllBytes(shell.folder.resolve("other/rootCA.pem")),
        StandardOpenOption.APPEND);
    for (String command : new String[] {APPROVE, "cert list -c ca --format json"}) {
      Shell.Result result = shell.run(command);
      assertThat(result.json("error_code")).isEqualTo("CA_LOAD_FAILED");
      assertThat(result.json("message")).contains("more than one PEM block");
    }
    assertThat(shell.run("cert inspect ca --format json").json("error_code"))
        .isEqualTo("CA_LOAD_FAILED");
  }

  @Test
  @DisplayName("inspect refuses a kit to which a second root was added")
  void secondCertificateInKit() throws Exception {
    initAndRequest();
    Shell.Result approve = shell.run(APPROVE);
    assertThat(approve.exit()).isZero();
    String fingerprint = approve.json("rootca_fingerprint_sha256");
    assertThat(
            shell
                .run("package hospital-a/hospital-a.signed.zip -w ws --fingerprint " + fingerprint)
                .exit())
        .isZero();
    Path kit = shell.folder.resolve("ws/fed/prod_00/hospital-a");
    assertThat(shell.run("cert inspect " + kit).exit()).isZero();
    assertThat(shell.run(INIT.replace("-o ca", "-o other")).exit()).isZero();
    Files.write(
        kit.resolve("startup/rootCA.pem"),
        Files.readAllBytes(shell.folder.resolve("other/rootCA.pem")),
        StandardOpenOption.APPEND);
    assertThat(shell.run("cert inspect --format json " + kit).json("error_code"))
        .isEqualTo("KIT_INVALID");
  }

  private static X509Certificate certificate(byte[] pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
  }
}
