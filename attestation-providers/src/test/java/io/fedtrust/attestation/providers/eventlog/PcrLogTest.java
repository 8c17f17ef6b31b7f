// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Event logs of a TPM: what they give, and what is no log. */
class PcrLogTest {
  private static EventLog parsed(byte[] log) throws MalformedEvidenceException {
    return EventLog.parse(log, RegisterBank.PCR);
  }

  private static void refused(byte[] log, String expected) {
    assertThatThrownBy(() -> parsed(log))
        .isInstanceOfSatisfying(
            MalformedEvidenceException.class,
            no -> {
              assertThat(no.check().name()).isEqualTo("tpm.event-log");
              assertThat(no.check().code()).contains(ReasonCode.EVIDENCE_MALFORMED);
              assertThat(no).hasMessageContaining(expected);
            });
  }

  @Property(tries = 200)
  @Label("registers are the digests one after the other, each register separately")
  void replay(@ForAll @Size(max = 30) List<@IntRange(max = 23) Integer> registers)
      throws MalformedEvidenceException {
    PcrLog written = PcrLog.start();
    registers.forEach(register -> written.event(register, PcrLog.SEPARATOR, "at " + register));
    EventLog log = parsed(written.bytes());
    assertThat(log.registers()).isEqualTo(written.registers().keySet());
    assertThat(log.differing(written.registers())).isEmpty();
    assertThat(log.bytes()).isEqualTo(written.bytes());
  }

  @Test
  @DisplayName("one extension is SHA-256 of 32 zeros and the digest, as TPM 2.0 computes it")
  void knownValue() throws MalformedEvidenceException {
    EventLog log =
        parsed(
            PcrLog.start()
                .record(7, PcrLog.SEPARATOR, new byte[32], new byte[] {0, 0, 0, 0})
                .bytes());
    assertThat(HexFormat.of().formatHex(log.replay(7)))
        .as("SHA-256 of 64 zeros")
        .isEqualTo("f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b");
    assertThat(log.events(7)).singleElement().hasToString("EV_SEPARATOR " + "00".repeat(32));
    assertThat(log.replay(8)).containsOnly(0);
  }

  @Test
  @DisplayName("register 0 begins with the locality from which the TPM was started")
  void locality() throws MalformedEvidenceException {
    PcrLog written = PcrLog.start().startedFrom(3).event(0, PcrLog.SEPARATOR, "crtm");
    assertThat(parsed(written.bytes()).differing(written.registers())).isEmpty();
    refused(
        PcrLog.start().event(0, PcrLog.SEPARATOR, "crtm").startedFrom(3).bytes(),
        "before register 0 is extended");
    refused(PcrLog.start().startedFrom(5).bytes(), "0 to 4");
    assertThat(parsed(PcrLog.start().record(0, 3, new byte[32], new byte[17]).bytes()).replay(0))
        .as("another EV_NO_ACTION")
        .containsOnly(0);
  }

  @Test
  @DisplayName("what is signed otherwise differs, register by register")
  void differing() throws MalformedEvidenceException {
    PcrLog written =
        PcrLog.start().event(4, PcrLog.APPLICATION, "shim").event(7, PcrLog.SEPARATOR, "");
    EventLog log = parsed(written.bytes());
    byte[] other = written.registers().get(4).clone();
    other[31] ^= 1;
    assertThat(log.differing(Map.of(4, other, 7, written.registers().get(7)))).containsExactly(4);
    assertThat(log.differing(Map.of(7, new byte[31], 9, new byte[32]))).containsExactly(7);
  }

  @Test
  @DisplayName("a register beyond 23, a log without SHA-256, a cut one and a huge one are no log")
  void malformed() {
    refused(PcrLog.start().record(24, 4, new byte[32], new byte[0]).bytes(), "0 to 23");
    refused(PcrLog.header(0x000C, 48), "SHA-256");
    refused(PcrLog.header(0x000B, 20), "SHA-256");
    refused(new byte[EventLog.MAX_BYTES + 1], "at most");
    byte[] header = PcrLog.start().bytes();
    byte[] log = PcrLog.start().event(4, PcrLog.APPLICATION, "shim").bytes();
    for (int length = 0; length < log.length; length++) {
      if (length != header.length) {
        refused(Arrays.copyOf(log, length), "");
      }
    }
    byte[] noDigest = Arrays.copyOf(header, header.length + 17);
    noDigest[header.length] = 4;
    noDigest[header.length + 4] = 4;
    noDigest[header.length + 12] = 1;
    refused(noDigest, "a digest of SHA-256 for every event");
  }

  @Test
  @Timeout(30)
  @DisplayName("a log that consists of almost nothing but zeros takes no longer than another")
  void zeros() {
    byte[] header = PcrLog.start().bytes();
    byte[] log = Arrays.copyOf(header, EventLog.MAX_BYTES);
    log[log.length - 1] = 1;
    // Events of MRTD, which is not extended: each is 16 zeros, and the rest is looked at once.
    byte[] rtmr = log.clone();
    System.arraycopy(PcrLog.header(0x000C, 48), 0, rtmr, 0, header.length);
    refused(log, "a digest of SHA-256");
    assertThatThrownBy(() -> EventLog.parse(rtmr, RegisterBank.RTMR))
        .isInstanceOf(MalformedEvidenceException.class);
  }
}
