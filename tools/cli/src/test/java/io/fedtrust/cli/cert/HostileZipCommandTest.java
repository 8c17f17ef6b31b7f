// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.cli.cert.Federation.APPROVE;
import static io.fedtrust.cli.cert.Federation.PROFILE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.SigningRequest;
import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands make of zips, keys and roots that others tampered with. */
class HostileZipCommandTest {
  private static final BigInteger F4 = BigInteger.valueOf(65537);
  private static final Path REQUEST = Path.of("hospital-a/hospital-a.request.zip");
  private static final Path SIGNED = Path.of("hospital-a/hospital-a.signed.zip");

  /** The same keys in every run. */
  private final Random random = new Random(31);

  @TempDir Path temp;
  private Shell shell;

  @BeforeEach
  void federation() throws IOException {
    shell = Federation.in(temp);
  }

  private void approved(String command) {
    Shell.Result result = shell.run(command);
    assertThat(result.exit()).as(result.out() + result.err()).isZero();
  }

  private Shell.Result refused(String command, ErrorCode code) {
    Shell.Result result = shell.run(command);
    assertThat(result.out() + result.err()).contains(code.name());
    assertThat(result.exit()).isEqualTo(code.exitStatus());
    return result;
  }

  /** A way to change a zip so that two readers see two things in it. */
  enum Tampering {
    NONE,
    /** The Unicode path extra field, by which some readers rename a member. */
    RENAMING_EXTRA_FIELD,
    /** The end record announces fewer members than the directory has. */
    MEMBER_COUNT,
    /** A data descriptor has another CRC-32 than the directory. */
    DESCRIPTOR;

    void in(Path zip) throws IOException {
      RequestZips.rewrite(zip, this == RENAMING_EXTRA_FIELD ? Tampering::rename : entry -> {});
      byte[] bytes = Files.readAllBytes(zip);
      if (this == MEMBER_COUNT) {
        bytes[bytes.length - 22 + 8]--;
        bytes[bytes.length - 22 + 10]--;
      } else if (this == DESCRIPTOR) {
        bytes[signature(bytes, 0x08074b50) + 4] ^= 1;
      }
      Files.write(zip, bytes);
    }

    private static void rename(ZipEntry entry) {
      byte[] other = "other.json".getBytes(StandardCharsets.UTF_8);
      CRC32 crc = new CRC32();
      crc.update(entry.getName().getBytes(StandardCharsets.UTF_8));
      entry.setExtra(
          ByteBuffer.allocate(9 + other.length)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putShort((short) 0x7075)
              .putShort((short) (5 + other.length))
              .put((byte) 1)
              .putInt((int) crc.getValue())
              .put(other)
              .array());
    }

    private static int signature(byte[] bytes, int wanted) {
      ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int at = 0;
      while (zip.getInt(at) != wanted) {
        at++;
      }
      return at;
    }
  }

  @ParameterizedTest
  @EnumSource(Tampering.class)
  @DisplayName("a request zip with two meanings is refused, and does not stop a batch")
  void requestZips(Tampering tampering) throws IOException {
    tampering.in(shell.folder.resolve(REQUEST));
    Path inbox = Files.createDirectory(shell.folder.resolve("inbox"));
    for (String name : List.of("hospital-a", "hospital-b")) {
      Files.copy(
          shell.folder.resolve(name + "/" + name + ".request.zip"),
          inbox.resolve(name + ".request.zip"));
    }
    if (tampering == Tampering.NONE) {
      approved(APPROVE);
      return;
    }
    refused(APPROVE, ErrorCode.INVALID_ARGS);
    assertThat(shell.folder.resolve(SIGNED)).doesNotExist();
    Shell.Result batch =
        refused("cert approve inbox --all --out signed" + PROFILE, ErrorCode.PARTIAL_FAILURE);
    assertThat(batch.out()).contains("hospital-a.request.zip", "error_code: INVALID_ARGS");
    try (Stream<Path> signed = Files.list(shell.folder.resolve("signed"))) {
      assertThat(signed.map(file -> file.getFileName().toString()))
          .containsExactly("hospital-b.signed.zip");
    }
  }

  @ParameterizedTest
  @EnumSource(Tampering.class)
  @DisplayName("a signed zip with two meanings is neither packaged nor imported")
  void signedZips(Tampering tampering) throws IOException {
    approved(APPROVE);
    tampering.in(shell.folder.resolve(SIGNED));
    String command = "package " + SIGNED + " -w workspace";
    if (tampering == Tampering.NONE) {
      approved(command);
      return;
    }
    refused(command, ErrorCode.INVALID_SIGNED_ZIP);
    assertThat(shell.folder.resolve("workspace")).doesNotExist();
    Shell.Result result = refused("cert ledger import -c ca " + SIGNED, ErrorCode.PARTIAL_FAILURE);
    assertThat(result.out()).contains("INVALID_SIGNED_ZIP");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ROCA", "prime", "4097 bits"})
  @DisplayName("a request with a weak or oversized RSA key is refused, and does not stop a batch")
  void weakKeys(String weakness) throws Exception {
    KeyPair keys =
        switch (weakness) {
          case "ROCA" -> keys(roca(), roca());
          case "prime" -> keys(BigInteger.probablePrime(2048, random));
          default -> keys(factorsOf4097Bits());
        };
    Jca jca = new Jca(Optional.empty(), new SecureRandom());
    byte[] csr = SigningRequest.create("hospital-a", "alpha", "client", keys, jca);
    Path zip = shell.folder.resolve(REQUEST);
    RequestZips.change(zip, "hospital-a.csr", before -> new String(csr, StandardCharsets.US_ASCII));
    RequestZips.change(
        zip,
        "request.json",
        json ->
            hash(
                hash(json, "csr_sha256", csr), "public_key_sha256", keys.getPublic().getEncoded()));
    assertThat(refused(APPROVE, ErrorCode.INVALID_CSR).err()).contains("RSA modulus");
    Path inbox = Files.createDirectory(shell.folder.resolve("inbox"));
    Files.copy(zip, inbox.resolve("a.request.zip"));
    Files.copy(
        shell.folder.resolve("hospital-b/hospital-b.request.zip"), inbox.resolve("b.request.zip"));
    Shell.Result batch =
        refused("cert approve inbox --all --out signed" + PROFILE, ErrorCode.PARTIAL_FAILURE);
    assertThat(batch.out()).contains("INVALID_CSR").contains("name: hospital-b");
    assertThat(shell.folder.resolve("signed/hospital-a.signed.zip")).doesNotExist();
  }

  private static String hash(String json, String field, byte[] content) {
    return json.replaceFirst(
        "\"" + field + "\": \"[^\"]*\"", "\"" + field + "\": \"" + Jca.sha256(content) + "\"");
  }

  private static KeyPair keys(BigInteger... primes) throws GeneralSecurityException {
    BigInteger modulus = BigInteger.ONE;
    BigInteger order = BigInteger.ONE;
    for (BigInteger prime : primes) {
      modulus = modulus.multiply(prime);
      order = order.multiply(prime.subtract(BigInteger.ONE));
    }
    KeyFactory factory = KeyFactory.getInstance("RSA");
    return new KeyPair(
        factory.generatePublic(new RSAPublicKeySpec(modulus, F4)),
        factory.generatePrivate(new RSAPrivateKeySpec(modulus, F4.modInverse(order))));
  }

  /** Small primes are found quickly; the size of the modulus is what counts. */
  private BigInteger[] factorsOf4097Bits() {
    List<BigInteger> primes = new ArrayList<>();
    BigInteger product = BigInteger.ONE;
    for (int i = 0; i < 7; i++) {
      primes.add(BigInteger.probablePrime(512, random));
      product = product.multiply(primes.get(i));
    }
    BigInteger last;
    do {
      last = BigInteger.probablePrime(4098 - product.bitLength(), random);
    } while (product.multiply(last).bitLength() != 4097);
    primes.add(last);
    return primes.toArray(BigInteger[]::new);
  }

  /** A prime k * M + (65537^a mod M) of 1024 bits, where M is the product of 126 primes. */
  private BigInteger roca() {
    BigInteger product = BigInteger.ONE;
    BigInteger next = BigInteger.TWO;
    for (int count = 0; count < 126; count++) {
      product = product.multiply(next);
      next = next.nextProbablePrime();
    }
    while (true) {
      BigInteger factor = new BigInteger(1024 - product.bitLength(), random).setBit(50);
      BigInteger candidate =
          factor.multiply(product).add(F4.modPow(new BigInteger(256, random), product));
      if (candidate.bitLength() == 1024
          && candidate.testBit(1022)
          && candidate.isProbablePrime(30)) {
        return candidate;
      }
    }
  }

  @Test
  @DisplayName("no kit is packaged next to one whose rootCA.pem is another, doubled or unreadable")
  void foreignRoot() throws IOException {
    approved(APPROVE);
    approved("cert approve hospital-b/hospital-b.request.zip" + PROFILE);
    approved("package " + SIGNED + " -w workspace");
    Path root = kit("hospital-a").resolve("startup/rootCA.pem");
    byte[] own = Files.readAllBytes(root);
    approved("cert init --profile project_profile.yaml -o other --key-type rsa:2048");
    byte[] foreign = Files.readAllBytes(shell.folder.resolve("other/rootCA.pem"));
    String second = "package hospital-b/hospital-b.signed.zip -w workspace";
    Files.write(root, foreign);
    refused(second, ErrorCode.ROOTCA_FINGERPRINT_MISMATCH);
    Files.write(root, own);
    Files.write(root, foreign, StandardOpenOption.APPEND);
    refused(second, ErrorCode.ROOTCA_LOAD_FAILED);
    Files.writeString(root, "rubbish");
    refused(second, ErrorCode.ROOTCA_LOAD_FAILED);
    Files.write(root, own);
    approved(second);
  }

  private Path kit(String name) throws IOException {
    try (Stream<Path> folders = Files.walk(shell.folder.resolve("workspace"))) {
      return folders
          .filter(path -> path.endsWith(name) && Files.exists(path.resolve("startup")))
          .findFirst()
          .orElseThrow();
    }
  }
}
