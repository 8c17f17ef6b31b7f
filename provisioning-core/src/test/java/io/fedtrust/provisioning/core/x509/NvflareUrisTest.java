// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.CertificateException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which URIs under nvidia.com/nvflare a participant's certificate may have. */
class NvflareUrisTest {
  private static final String ROOT = "https://nvidia.com/nvflare/";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v1/project/fed/study/s",
        "v1/project/My.Fed~1_%2f-x/study/a-long_name9",
        "v1/project/fed",
        "v1/other/x"
      })
  @DisplayName("a study, or a kind that is no identity, is accepted and means nothing here")
  void accepted(String path) {
    assertThatCode(() -> NvflareUris.requireParticipant(List.of(List.of(ROOT + path))))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.org/nvflare/v1/job/x/y",
        "https://nvidia.com.example.org/nvflare/v1/job/x",
        "https://nvidia.com/other",
        "urn:uuid:12345678"
      })
  @DisplayName("URIs elsewhere are ignored")
  void elsewhere(String uri) {
    assertThatCode(() -> NvflareUris.requireParticipant(List.of(List.of(uri))))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v1",
        "v1/",
        "v1/job",
        "v1/job/",
        "v1/job/a/b",
        "v1/job/a b",
        "v1/job/%",
        "v1/job/%2",
        "v1/job/%zz",
        "v1/job/a?b",
        "v1/job/a#b",
        "v1//a",
        "v2/job/a",
        "v1/project//study/s",
        "v1/project/fed/study/",
        "v1/project/fed/study/default",
        "v1/project/fed/study/Upper",
        "v1/project/fed/study/-s",
        "v1/project/fed/study/s-",
        "v1/project/fed/study/s/more",
        "v1/project/fe d/study/s",
        "v1/project/fed/other/s",
        "v1/project/fed/study/a123456789012345678901234567890123456789012345678901234567890123",
        "v1/job/a\n"
      })
  @DisplayName("everything else under the root is refused, in every certificate of a chain")
  void malformed(String path) {
    refused(List.of(List.of(ROOT + path)));
    refused(List.of(List.of(), List.of(ROOT + path)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTPS://nvidia.com/nvflare/v1/job/a",
        "https://NVIDIA.com/nvflare/v1/job/a",
        "https://nvidia.com/NVFLARE/v1/job/a",
        "https://nvidia.com:443/nvflare/v1/job/a",
        "https://nvidia.com/nvflare"
      })
  @DisplayName("other spellings of the root are refused, not passed over")
  void otherSpellings(String uri) {
    refused(List.of(List.of(uri)));
  }

  @Test
  @DisplayName("a job, its cells, a job CA, and what a job CA issued are no participants")
  void jobs() {
    refused(List.of(List.of(ROOT + "v1/job/1234")));
    refused(List.of(List.of(ROOT + "v1/cell/site-1.1234")));
    refused(List.of(List.of(NvflareUris.JOB_CA)));
    refused(List.of(List.of(), List.of(NvflareUris.JOB_CA)));
    refused(List.of(List.of(ROOT + "v1/ca/other")));
    refused(List.of(List.of(ROOT + "v1/job/1", ROOT + "v1/job/2")));
    refused(List.of(List.of(ROOT + "v1/project/fed/study/s", ROOT + "v1/job/2")));
  }

  private static void refused(List<List<String>> chain) {
    assertThatThrownBy(() -> NvflareUris.requireParticipant(chain))
        .isInstanceOf(CertificateException.class);
  }
}
