// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.Provisioning;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.spi.CaSigner;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cloud key services sign with a PSS salt of 32 bytes; NVFlare signs with the longest. */
class KeyServiceSaltTest {
  @TempDir Path folder;

  @Test
  @DisplayName("NVFlare packages an approval that a key service signed with a salt of 32 bytes")
  void peerPackagesShortSalt() throws Exception {
    Admin admin = new Admin(folder.resolve("admin"), "mtls", "00").makeAuthority(Tool.FEDTRUST);
    Definition definition =
        new Definition("", "hospital-a", "client", "hospital_alpha", "", List.of());
    Site site = new Site(Tool.NVFLARE, folder.resolve("site"), definition);
    CertificateAuthority authority =
        CertificateAuthority.opening(admin.authority())
            .signer(new KeyService(readKey(admin.authority().resolve("rootCA.key"))))
            .open();
    authority
        .approve(site.request())
        .against(Provisioning.readProfile(admin.folder().resolve("fl.example.org.yaml")))
        .writeTo(admin.signedZip(definition));
    Path kit = site.kit(admin.signedZip(definition), admin.fingerprint(), admin.version());
    assertThat(StartupKit.open(kit).name()).isEqualTo("hospital-a");
  }

  private static PrivateKey readKey(Path file) throws Exception {
    try (Reader reader = Files.newBufferedReader(file);
        PEMParser pem = new PEMParser(reader)) {
      return new JcaPEMKeyConverter().getKeyPair((PEMKeyPair) pem.readObject()).getPrivate();
    }
  }

  private record KeyService(PrivateKey key) implements CaSigner {
    private static final PSSParameterSpec DIGEST_SALT =
        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

    @Override
    public byte[] sign(Algorithm algorithm, byte[] message) throws GeneralSecurityException {
      Signature signature;
      switch (algorithm) {
        case SHA256_WITH_RSA -> signature = Signature.getInstance("SHA256withRSA");
        case RSASSA_PSS_DIGEST_SALT -> {
          signature = Signature.getInstance("RSASSA-PSS");
          signature.setParameter(DIGEST_SALT);
        }
        default -> throw new InvalidAlgorithmParameterException("salts of 32 bytes only");
      }
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    }
  }
}
