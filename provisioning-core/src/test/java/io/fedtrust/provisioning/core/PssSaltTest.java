// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.spi.CaSigner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidAlgorithmParameterException;
import java.security.PrivateKey;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The salt of the signature over signed.json. */
class PssSaltTest {
  private static final int LONGEST = 222;

  @TempDir Path temp;
  private World world;
  private PrivateKey key;

  @BeforeEach
  void makeCa() throws Exception {
    world = new World(temp);
    world.ca();
    key =
        KeyFiles.decode(Files.readAllBytes(world.path("ca/rootCA.key")), new char[0], World.jca());
  }

  @Test
  @DisplayName("the key file, and a signer that can, sign with the longest salt")
  void longestSalt() throws Exception {
    assertSalt(world.approve(world.request(World.client("site-1"))), LONGEST);
    CaSigner both =
        (algorithm, message) ->
            switch (algorithm) {
              case SHA256_WITH_RSA -> World.jca().signPkcs1(key, message);
              case RSASSA_PSS_MAX_SALT -> World.jca().signPss(key, message);
              case RSASSA_PSS_DIGEST_SALT -> World.jca().signPss(key, message, 32);
            };
    assertSalt(approve(both, "site-2"), LONGEST);
  }

  @Test
  @DisplayName("a signer that refuses the longest salt is asked for 32 bytes, and its kits open")
  void digestSalt() throws Exception {
    CaSigner service =
        (algorithm, message) ->
            switch (algorithm) {
              case SHA256_WITH_RSA -> World.jca().signPkcs1(key, message);
              case RSASSA_PSS_MAX_SALT ->
                  throw new InvalidAlgorithmParameterException("salts of 32 bytes only");
              case RSASSA_PSS_DIGEST_SALT -> World.jca().signPss(key, message, 32);
            };
    Approval approval = approve(service, "site-1");
    assertSalt(approval, 32);
    assertThat(world.packageKit(approval).name()).isEqualTo("site-1");
  }

  @Test
  @DisplayName("a signer that signs with 32 bytes whatever it is asked for is good")
  void alwaysDigestSalt() throws Exception {
    CaSigner service =
        (algorithm, message) ->
            algorithm == CaSigner.Algorithm.SHA256_WITH_RSA
                ? World.jca().signPkcs1(key, message)
                : World.jca().signPss(key, message, 32);
    assertSalt(approve(service, "site-1"), 32);
  }

  @Test
  @DisplayName("a signer with any other salt is refused when opening, a zip with it when read")
  void otherSalts() throws Exception {
    CaSigner odd =
        (algorithm, message) ->
            algorithm == CaSigner.Algorithm.SHA256_WITH_RSA
                ? World.jca().signPkcs1(key, message)
                : World.jca().signPss(key, message, 20);
    refused(ErrorCode.CA_LOAD_FAILED, () -> open(odd));
    Path zip = world.approve(world.request(World.client("site-1"))).signedZip();
    for (int salt : new int[] {0, 20, 31, 33, LONGEST - 1}) {
      Map<String, byte[]> members = Zips.read(zip);
      byte[] signature = World.jca().signPss(key, members.get("signed.json"), salt);
      members.put("signed.json.sig", Base64.getEncoder().encode(signature));
      Files.write(zip, Zips.write(members));
      refused(ErrorCode.INVALID_SIGNED_ZIP, () -> world.engine().openBundle(zip));
    }
  }

  private CertificateAuthority open(CaSigner signer) {
    return world.engine().openAuthority(world.path("ca")).signer(signer).open();
  }

  private Approval approve(CaSigner signer, String name) {
    return open(signer)
        .approve(world.request(World.client(name)).requestZip())
        .against(world.profile())
        .write();
  }

  private void assertSalt(Approval approval, int bytes) {
    Map<String, byte[]> members = Zips.read(approval.signedZip());
    byte[] signature = Base64.getDecoder().decode(members.get("signed.json.sig"));
    Jca jca = World.jca();
    assertThat(
            jca.verifyPss(
                world.ca().rootCertificate().getPublicKey(),
                members.get("signed.json"),
                signature,
                bytes))
        .isTrue();
    assertThat(world.engine().openBundle(approval.signedZip()).metadata().name()).isNotEmpty();
  }
}
