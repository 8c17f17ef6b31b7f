// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.approval.RequestCheck;
import io.fedtrust.provisioning.core.approval.VerifiedRequest;
import io.fedtrust.provisioning.core.bundle.BundleCheck;
import io.fedtrust.provisioning.core.bundle.BundleReader;
import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.document.Yaml;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.AdminRole;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.model.Scheme;
import io.fedtrust.provisioning.model.ServerEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class ProvisioningPropertiesTest {
  private static final World WORLD = world();
  private static final byte[] SIGNED_ZIP = signedZip();
  private static final byte[] REQUEST_ZIP = requestZip();

  private static World world() {
    try {
      Path folder = Files.createTempDirectory("fedtrust-properties");
      folder.toFile().deleteOnExit();
      return new World(folder);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] signedZip() {
    return read(WORLD.approve(WORLD.request(World.client("site-1"))).signedZip());
  }

  private static byte[] requestZip() {
    return read(WORLD.path("site-1/site-1.request.zip"));
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Property(tries = 1500)
  @Label("any single-bit flip of a signed zip is refused or harmless")
  void signedZipBitFlip(@ForAll @IntRange(max = Integer.MAX_VALUE) int position) {
    byte[] zip = SIGNED_ZIP.clone();
    int bit = position % (zip.length * 8);
    zip[bit / 8] ^= (byte) (1 << (bit % 8));
    try {
      VerifiedBundle bundle = verify(zip);
      VerifiedBundle good = verify(SIGNED_ZIP);
      // Harmless: times and attributes of the archive, or blanks around the signature.
      assertThat(bundle.metadata()).isEqualTo(good.metadata());
      assertThat(bundle.leaf().der()).isEqualTo(good.leaf().der());
      assertThat(bundle.root().der()).isEqualTo(good.root().der());
      assertThat(bundle.site()).isEqualTo(good.site());
    } catch (ProvisioningException e) {
      assertThat(e.code()).isNotNull();
    }
  }

  @Property(tries = 1500)
  @Label("any single-bit flip of a request zip is refused or harmless")
  void requestZipBitFlip(@ForAll @IntRange(max = Integer.MAX_VALUE) int position) {
    byte[] zip = REQUEST_ZIP.clone();
    int bit = position % (zip.length * 8);
    zip[bit / 8] ^= (byte) (1 << (bit % 8));
    try {
      VerifiedRequest request = verifyRequest(zip);
      VerifiedRequest good = verifyRequest(REQUEST_ZIP);
      assertThat(request.csr().subjectPublicKeyInfo()).isEqualTo(good.csr().subjectPublicKeyInfo());
      assertThat(request.metadata().name()).isEqualTo(good.metadata().name());
      assertThat(request.metadata().certType()).isEqualTo(good.metadata().certType());
      assertThat(request.metadata().org()).isEqualTo(good.metadata().org());
      assertThat(request.metadata().project()).isEqualTo(good.metadata().project());
    } catch (ProvisioningException e) {
      assertThat(e.code()).isNotNull();
    }
  }

  @Property(tries = 500)
  @Label("no bytes make anything but a ProvisioningException come out of the archive readers")
  void garbageArchives(@ForAll @Size(max = 600) byte[] garbage, @ForAll boolean behindGood) {
    byte[] zip = garbage;
    if (behindGood) {
      zip = SIGNED_ZIP.clone();
      System.arraycopy(garbage, 0, zip, zip.length / 3, Math.min(garbage.length, zip.length / 2));
    }
    byte[] input = zip;
    assertOnlyRefusals(() -> verify(input));
    assertOnlyRefusals(() -> verifyRequest(input));
  }

  @Property(tries = 500)
  @Label("no text makes anything but a ProvisioningException come out of the definition reader")
  void garbageDefinitions(@ForAll @StringLength(max = 300) String text, @ForAll boolean prefixed)
      throws IOException {
    String yaml = prefixed ? "name: fed_test\nparticipants:\n- name: " + text : text;
    Path file = Files.writeString(WORLD.path("garbage.yaml"), yaml.replace('\ud800', 'x'));
    assertOnlyRefusals(() -> WORLD.engine().readDefinition(file));
    assertOnlyRefusals(() -> WORLD.engine().readProfile(file));
  }

  @Property(tries = 300)
  @Label("what we write as YAML is read back as the same values")
  void yamlRoundTrip(@ForAll("documents") Map<String, Object> document) throws IOException {
    assertThat(Yaml.readMapping(Yaml.write(document))).isEqualTo(document);
  }

  @Property(tries = 60)
  @Label("request, approve, package is total over valid definitions, and keeps every value")
  void journeyIsTotal(
      @ForAll("participants") Participant participant,
      @ForAll Scheme scheme,
      @ForAll ConnectionSecurity security,
      @ForAll @IntRange(min = 1, max = 65535) int port)
      throws IOException {
    World world = new World(Files.createTempDirectory(WORLD.root, "journey"));
    ProjectProfile profile =
        new ProjectProfile(
            World.PROJECT, scheme, security, new ServerEndpoint("fl.example.org", port, 8003));
    Files.createDirectories(world.path("ca"));
    for (String file : List.of("rootCA.pem", "rootCA.key", "ca.json")) {
      Files.copy(WORLD.path("ca/" + file), world.path("ca/" + file));
    }
    RequestFolder request = world.request(participant);
    Approval approval = world.approve(request, profile);
    StartupKit kit = world.packageKit(approval);
    assertThat(kit.name()).isEqualTo(participant.name());
    assertThat(kit.org()).isEqualTo(participant.org());
    assertThat(kit.certType()).isEqualTo(participant.certType());
    assertThat(kit.connectionSecurity()).isEqualTo(security);
    assertThat(kit.endpoint().scheme()).isEqualTo(scheme);
    assertThat(kit.endpoint().serverName()).isEqualTo("fl.example.org");
    assertThat(kit.endpoint().port())
        .isEqualTo(participant instanceof Participant.Admin ? 8003 : port);
  }

  @Provide
  Arbitrary<Participant> participants() {
    Arbitrary<String> org =
        Arbitraries.strings()
            .withChars("abcXYZ_09")
            .ofMinLength(1)
            .ofMaxLength(64)
            .map(text -> "o_" + text.substring(0, Math.min(62, text.length())));
    Arbitrary<String> site =
        Arbitraries.strings().withChars("abcXYZ_-09").ofMaxLength(60).map(text -> "site" + text);
    Arbitrary<String> mail =
        Arbitraries.strings()
            .withChars("abc.09_-")
            .ofMaxLength(40)
            .map(text -> "u" + text + "@example.org");
    Arbitrary<Participant> clients = Combinators.combine(site, org).as(Participant.Client::new);
    Arbitrary<Participant> admins =
        Combinators.combine(mail, org, Arbitraries.of(AdminRole.class)).as(Participant.Admin::new);
    Arbitrary<Participant> servers =
        org.map(name -> new Participant.Server("fl.example.org", name, "10.0.0.1", "alias"));
    return Arbitraries.oneOf(clients, admins, servers);
  }

  @Provide
  Arbitrary<Map<String, Object>> documents() {
    Arbitrary<String> text =
        Arbitraries.oneOf(
            Arbitraries.strings()
                .ofMaxLength(20)
                .filter(org.yaml.snakeyaml.reader.StreamReader::isPrintable),
            Arbitraries.of(
                "yes",
                "1e5",
                "123",
                "0x1F",
                "1:30",
                "2026-01-01",
                "null",
                "~",
                "",
                " a ",
                "a: b",
                "<<",
                "=",
                "- x",
                "Hôpital – Ä",
                "#",
                "'q'",
                "1_000",
                ".5",
                ".inf"));
    Arbitrary<Object> value =
        Arbitraries.oneOf(
            text.map(t -> (Object) t),
            Arbitraries.longs().map(n -> (Object) n),
            Arbitraries.of(true, false).map(b -> (Object) b),
            text.list().ofMaxSize(3).map(list -> (Object) List.copyOf(list)));
    return Arbitraries.maps(text, value).ofMaxSize(5).map(LinkedHashMap::new);
  }

  private static VerifiedBundle verify(byte[] zip) {
    return new BundleReader(WORLD.host(), new CheckProgress<>(BundleCheck.class))
        .verify(zip, Path.of("x.signed.zip"));
  }

  private static VerifiedRequest verifyRequest(byte[] zip) {
    return VerifiedRequest.of(zip, World.jca(), new CheckProgress<>(RequestCheck.class));
  }

  private static void assertOnlyRefusals(Runnable action) {
    try {
      action.run();
    } catch (ProvisioningException e) {
      assertThat(e.code()).isNotNull();
    }
  }

  @Property(tries = 1)
  @Label("a programmatic definition is what its document says")
  void definitionsAgree() {
    ParticipantDefinition definition = World.definition(World.server());
    assertThat(definition.document().toString()).contains("host_names=[127.0.0.1, fl.example.org]");
  }
}
