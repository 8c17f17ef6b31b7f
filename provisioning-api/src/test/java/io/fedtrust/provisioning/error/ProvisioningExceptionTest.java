// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.error;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ProvisioningExceptionTest {
  @Test
  @DisplayName("the message is the code and the problem, and the problem is the sentence alone")
  void messageAndProblem() {
    ProvisioningException refusal =
        refuse(ErrorCode.INVALID_NAME, "name").problem("is the name of the server").build();
    assertThat(refusal).hasMessage("INVALID_NAME: name: is the name of the server");
    assertThat(refusal.problem()).isEqualTo("name: is the name of the server");
    assertThat(refusal.hint()).isEqualTo(ErrorCode.INVALID_NAME.hint());
    assertThat(refusal.expected()).isEmpty();
    assertThat(refusal.actual()).isEmpty();
  }

  @Test
  @DisplayName("two values that differ make the sentence")
  void values() {
    ProvisioningException refusal =
        refuse(ErrorCode.INVALID_ARGS, "port").expected("1 to 65535").actual(0).build();
    assertThat(refusal.problem()).isEqualTo("port: expected 1 to 65535, was 0");
    assertThat(refusal.expected()).contains("1 to 65535");
    assertThat(refusal.actual()).contains("0");
    ProvisioningException none =
        refuse(ErrorCode.INVALID_ARGS, "port").expected("1 to 65535").actual(null).build();
    assertThat(none.problem()).isEqualTo("port: expected 1 to 65535, but it is missing");
    assertThat(none.actual()).isEmpty();
  }

  @Test
  @DisplayName("malformed input says what it cannot be read as, and why")
  void malformed() {
    ProvisioningException plain =
        refuse(ErrorCode.KEY_INVALID, "site-1.key").malformed("an RSA key in PEM form").build();
    assertThat(plain.problem()).isEqualTo("site-1.key: cannot be read as an RSA key in PEM form");
    ProvisioningException reasoned =
        refuse(ErrorCode.KEY_INVALID, "zip").malformed("a zip archive", "two directories").build();
    assertThat(reasoned.problem())
        .isEqualTo("zip: cannot be read as a zip archive: two directories");
    assertThat(reasoned.expected()).contains("a zip archive");
    assertThat(reasoned.actual()).contains("two directories");
  }

  @Test
  @DisplayName("a refusal under another code keeps what is wrong, and takes that code's hint")
  void recoded() {
    ProvisioningException first =
        refuse(ErrorCode.INVALID_ARGS, "org").expected("text").actual(7).hint("Quote it.").build();
    ProvisioningException second = first.as(ErrorCode.LOCAL_SITE_INVALID);
    assertThat(second).hasMessage("LOCAL_SITE_INVALID: org: expected text, was 7").hasCause(first);
    assertThat(second.actual()).contains("7");
    assertThat(second.hint()).isEqualTo(ErrorCode.LOCAL_SITE_INVALID.hint());
    assertThat(second.exitStatus()).isEqualTo(ErrorCode.LOCAL_SITE_INVALID.exitStatus());
  }
}
