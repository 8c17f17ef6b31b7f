// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.core.x509.NvflareUris;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** P43: the towers never touch, and yet judge the URIs of certificates alike. */
class CertificateUrisTest {
  private static final List<String> STARTS =
      List.of(
          "https://nvidia.com/nvflare/",
          "https://NVIDIA.com/nvflare/",
          "https://nvidia.com:443/nvflare/",
          "https://nvidia.com/nvflare",
          "https://example.org/nvflare/");
  private static final List<String> ENDS =
      List.of(
          "",
          "v1",
          "v1/",
          "v1/job/1",
          "v1/job/",
          "v1/job/a/b",
          "v1/job/%2f",
          "v1/job/%2",
          "v1/cell/site-1.1",
          "v1/ca/job",
          "v1/ca/other",
          "v1/other/x",
          "v2/job/1",
          "v1/project/p/study/s",
          "v1/project/p/study/default",
          "v1/project/p/study/S",
          "v1/project/p/other/s");

  @Test
  @DisplayName("every URI, alone, twice and above a leaf, is judged alike by both towers")
  void alike() {
    int refused = 0;
    int accepted = 0;
    for (List<List<String>> chain : chains()) {
      boolean provisioning = accepts(() -> NvflareUris.requireParticipant(chain));
      boolean attestation =
          accepts(() -> io.fedtrust.attestation.engine.NvflareUris.requireParticipant(chain));
      assertThat(attestation).as(chain.toString()).isEqualTo(provisioning);
      refused += provisioning ? 0 : 1;
      accepted += provisioning ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(100);
    assertThat(accepted).isGreaterThan(50);
  }

  private static List<List<List<String>>> chains() {
    List<List<List<String>>> chains = new ArrayList<>();
    for (String start : STARTS) {
      for (String end : ENDS) {
        String uri = start + end;
        chains.add(List.of(List.of(uri)));
        chains.add(List.of(List.of(uri, uri)));
        chains.add(List.of(List.of(), List.of(uri)));
      }
    }
    return chains;
  }

  private interface Check {
    void make() throws CertificateException;
  }

  private static boolean accepts(Check check) {
    try {
      check.make();
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }
}
