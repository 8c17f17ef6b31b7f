// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.fedtrust.provisioning.core.approval.RequestCheck;
import io.fedtrust.provisioning.core.approval.VerifiedRequest;
import io.fedtrust.provisioning.core.archive.ZipContents;
import io.fedtrust.provisioning.core.archive.ZipWriter;
import io.fedtrust.provisioning.core.bundle.BundleCheck;
import io.fedtrust.provisioning.core.bundle.BundleReader;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.FileAuditStore;
import io.fedtrust.provisioning.core.document.CaDocument;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.document.RequestDocument;
import io.fedtrust.provisioning.core.document.SignedDocument;
import io.fedtrust.provisioning.core.io.Durability;
import io.fedtrust.provisioning.core.io.FailPoint;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.core.x509.SigningRequest;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.PrintableText;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.HostName;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One target for each parser that sees foreign bytes: nothing but a refusal may come out, within
 * {@link WorkBound}. The build runs them over the committed corpus; {@code tools/fuzz} lets Jazzer
 * look for more.
 */
class ParserFuzzTest {
  private static final World WORLD = world();
  private static final Path FILE = WORLD.path("fuzzed");
  private static final Fingerprint ROOT = WORLD.ca().fingerprint();
  private static final Path SIGNED =
      WORLD.approve(WORLD.request(World.client("site-1"))).signedZip();
  private static final Path REQUEST = WORLD.path("site-1/site-1.request.zip");

  private static World world() {
    try {
      return new World(Files.createTempDirectory("fedtrust-fuzz"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final List<Method> TARGETS =
      Arrays.stream(ParserFuzzTest.class.getDeclaredMethods())
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
  void requestZip(byte[] data) throws Exception {
    refusesOrReads(() -> verifyRequest(data));
  }

  /** The archive is good; one member is not. */
  @FuzzTest
  void requestMember(byte[] data) throws Exception {
    byte[] zip = withMember(REQUEST, data);
    refusesOrReads(() -> verifyRequest(zip));
  }

  @FuzzTest
  void signedZip(byte[] data) throws Exception {
    refusesOrReads(() -> verifyBundle(data));
  }

  /** The archive is good; one member is not. */
  @FuzzTest
  void signedMember(byte[] data) throws Exception {
    byte[] zip = withMember(SIGNED, data);
    refusesOrReads(() -> verifyBundle(zip));
  }

  @FuzzTest
  void profileYaml(byte[] data) throws Exception {
    Files.write(FILE, data);
    refusesOrReads(() -> WORLD.engine().readProfile(FILE));
  }

  @FuzzTest
  void participantYaml(byte[] data) throws Exception {
    Files.write(FILE, data);
    refusesOrReads(() -> WORLD.engine().readDefinition(FILE));
  }

  @FuzzTest
  void requestJson(byte[] data) throws Exception {
    refusesOrReads(() -> RequestDocument.read(Json.readObject(data)));
  }

  @FuzzTest
  void signedJson(byte[] data) throws Exception {
    refusesOrReads(() -> SignedDocument.read(Json.readObject(data), ROOT));
  }

  @FuzzTest
  void caJson(byte[] data) throws Exception {
    refusesOrReads(() -> CaDocument.read(Json.readObject(data)));
  }

  @FuzzTest
  void pem(byte[] data) throws Exception {
    refusesOrReads(() -> Pem.all(data, Pem.CERTIFICATE));
    refusesOrReads(() -> Pem.only(data, Pem.CERTIFICATE));
    refusesOrReads(() -> Pem.holdsPrivateKey(data));
  }

  @FuzzTest
  void csr(byte[] data) throws Exception {
    byte[] armoured = Pem.encode(Pem.CERTIFICATE_REQUEST, data);
    refusesOrReads(() -> SigningRequest.read(data, World.jca()));
    refusesOrReads(() -> SigningRequest.read(armoured, World.jca()));
  }

  @FuzzTest
  void certificate(byte[] data) throws Exception {
    byte[] armoured = Pem.encode(Pem.CERTIFICATE, data);
    refusesOrReads(() -> CertificateFile.read(data, World.jca()));
    refusesOrReads(() -> CertificateFile.read(armoured, World.jca()));
  }

  @FuzzTest
  void keyFile(byte[] data) throws Exception {
    refusesOrReads(() -> KeyFiles.isEncrypted(data));
    for (String label : List.of("RSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY")) {
      byte[] armoured = Pem.encode(label, data);
      refusesOrReads(() -> KeyFiles.decode(armoured, new char[0], World.jca()));
    }
  }

  @FuzzTest
  void kitConfig(byte[] data) throws Exception {
    Path startup = Files.createDirectories(WORLD.path("fuzzed-kit/startup"));
    Files.write(startup.resolve("fed_client.json"), data);
    refusesOrReads(() -> WORLD.engine().openKit(startup.getParent()));
  }

  /** The chain of hashes has no key: whoever writes the file can write a chain that holds. */
  @FuzzTest
  void ledger(byte[] data) throws Exception {
    Path folder = Files.createDirectories(WORLD.path("fuzzed-ca"));
    Files.write(folder.resolve("approvals.ledger"), data);
    refusesOrReads(() -> WORLD.engine().ledger(folder));
  }

  @FuzzTest
  void auditRecord(byte[] data) throws Exception {
    Path folder = WORLD.path("fuzzed-audit");
    Path record = folder.resolve("cert_requests/id/audit.json");
    Files.createDirectories(record.getParent());
    Files.write(record, data);
    FileAuditStore store =
        new FileAuditStore(folder, new FileOutput(FailPoint.NONE, Durability.NO_SYNC));
    refusesOrReads(() -> store.requestFolders("id"));
  }

  @FuzzTest
  void hostName(byte[] data) throws Exception {
    String text = new String(data, StandardCharsets.UTF_8);
    refusesOrReads(() -> HostName.canonical(text));
    refusesOrReads(() -> new HostName(text));
    refusesOrReads(() -> PrintableText.escape(text));
  }

  @FuzzTest
  void fingerprint(byte[] data) throws Exception {
    refusesOrReads(() -> Fingerprint.parse(new String(data, StandardCharsets.UTF_8)));
  }

  private interface Reading {
    Object read() throws Exception;
  }

  /** The readers of documents and PEM say {@link IOException}; their callers make codes of it. */
  private static void refusesOrReads(Reading reading) throws Exception {
    WorkBound.within(
        () -> {
          try {
            reading.read();
          } catch (ProvisioningException | IOException | GeneralSecurityException expected) {
            requireExplanation(expected);
          }
        });
  }

  private static void requireExplanation(Exception refusal) {
    if (refusal.getMessage() == null) {
      throw new AssertionError("a refusal explains itself", refusal);
    }
    // A defect that the reader contained is still a defect.
    if (refusal instanceof ProvisioningException refused
        && (refusal.getCause() instanceof RuntimeException || refusal.getCause() instanceof Error)
        && refused.problem().startsWith("request zip:")) {
      throw new AssertionError("an unexpected failure", refusal.getCause());
    }
  }

  private static Object verifyRequest(byte[] zip) {
    return VerifiedRequest.of(zip, World.jca(), new CheckProgress<>(RequestCheck.class));
  }

  private static Object verifyBundle(byte[] zip) {
    return new BundleReader(WORLD.host(), new CheckProgress<>(BundleCheck.class))
        .verify(zip, WORLD.path("fuzzed.signed.zip"));
  }

  private static byte[] withMember(Path zip, byte[] data) throws IOException {
    ZipContents contents = ZipContents.read(Files.readAllBytes(zip), ErrorCode.INVALID_ARGS);
    List<String> names = new ArrayList<>(contents.names());
    Map<String, byte[]> members = new LinkedHashMap<>();
    names.forEach(name -> members.put(name, contents.get(name)));
    if (data.length > 0) {
      String chosen = names.get(Math.floorMod(data[0], names.size()));
      byte[] content = Arrays.copyOfRange(data, 1, data.length);
      if (!Pem.holdsPrivateKey(content)) {
        members.put(chosen, content);
      }
    }
    return ZipWriter.write(members, World.NOW);
  }
}
