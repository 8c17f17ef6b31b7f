// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.eventlog.EventLog;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.providers.tdx.format.CcelTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Event logs: what is extended, in which order, and what is no log. */
class EventLogTest {
  private static final int SHA384 = 0x000C;

  /** An event as it is written. */
  record Written(int register, long type, int algorithm, byte[] digest, byte[] event) {
    static Written of(int register, long type, byte[] event) {
      return new Written(register, type, SHA384, Digests.sha384(event), event);
    }
  }

  static byte[] log(List<Written> events) {
    ByteBuffer log = ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
    log.putInt(1).putInt(3).put(new byte[20]).putInt(33);
    log.put("Spec ID Event03\0".getBytes(StandardCharsets.US_ASCII));
    log.putInt(0).put(new byte[] {0, 2, 0, 2}).putInt(1);
    log.putShort((short) SHA384).putShort((short) 48).put((byte) 0);
    for (Written event : events) {
      log.putInt(event.register()).putInt((int) event.type()).putInt(1);
      log.putShort((short) event.algorithm()).put(event.digest());
      log.putInt(event.event().length).put(event.event());
    }
    return Arrays.copyOf(log.array(), log.position());
  }

  static byte[] table(int type) {
    ByteBuffer table = ByteBuffer.allocate(56).order(ByteOrder.LITTLE_ENDIAN);
    table.put("CCEL".getBytes(StandardCharsets.US_ASCII)).putInt(56);
    table.position(36);
    table.put((byte) type).put((byte) 0).putShort((short) 0).putLong(65536).putLong(0x7FF0_0000);
    return table.array();
  }

  private static void refused(byte[] log) {
    assertThatThrownBy(() -> EventLog.parse(log, RegisterBank.RTMR))
        .isInstanceOf(MalformedEvidenceException.class);
  }

  @Property(tries = 200)
  @Label("registers are the digests one after the other, each register separately")
  void replay(@ForAll @Size(max = 20) List<@IntRange(min = 1, max = 4) Integer> registers)
      throws MalformedEvidenceException {
    byte[][] expected = new byte[4][48];
    List<Written> events =
        registers.stream()
            .map(register -> Written.of(register, 4, new byte[] {register.byteValue()}))
            .toList();
    for (Written event : events) {
      byte[] both = Arrays.copyOf(expected[event.register() - 1], 96);
      System.arraycopy(event.digest(), 0, both, 48, 48);
      expected[event.register() - 1] = Digests.sha384(both);
    }
    EventLog log = EventLog.parse(log(events), RegisterBank.RTMR);
    for (int i = 0; i < RegisterBank.RTMR.registers(); i++) {
      assertThat(log.replay(i)).isEqualTo(expected[i]);
      assertThat(log.events(i)).allMatch(event -> event.type().equals("EV_SEPARATOR"));
    }
  }

  @Test
  @DisplayName("what is not extended is skipped: EV_NO_ACTION, and register 0, which is MRTD")
  void notExtended() throws MalformedEvidenceException {
    EventLog log =
        EventLog.parse(
            log(
                List.of(
                    Written.of(1, 3, new byte[5]),
                    Written.of(0, 4, new byte[5]),
                    Written.of(2, 0x80000099L, new byte[5]))),
            RegisterBank.RTMR);
    assertThat(log.events(0)).isEmpty();
    assertThat(log.events(1)).hasSize(1);
    assertThat(log.events(1).get(0).type()).isEqualTo("0x80000099");
    assertThat(log.replay(3)).containsOnly(0);
  }

  @Test
  @DisplayName("a log ends with its data, with zeros, or with an index of all ones")
  void ends() throws MalformedEvidenceException {
    byte[] log = log(List.of(Written.of(1, 4, new byte[4])));
    assertThat(EventLog.parse(log, RegisterBank.RTMR).bytes()).isEqualTo(log);
    assertThat(EventLog.parse(Arrays.copyOf(log, log.length + 100), RegisterBank.RTMR).bytes())
        .isEqualTo(log);
    byte[] ended = Arrays.copyOf(log, log.length + 100);
    Arrays.fill(ended, log.length, ended.length, (byte) 0xFF);
    assertThat(EventLog.parse(ended, RegisterBank.RTMR).bytes()).isEqualTo(log);
  }

  @Test
  @DisplayName("another register, another algorithm, a length beyond the end are no log")
  void malformed() {
    refused(log(List.of(Written.of(5, 4, new byte[4]))));
    refused(log(List.of(new Written(1, 4, 0x000B, new byte[48], new byte[0]))));
    refused(new byte[0]);
    refused(new byte[EventLog.MAX_BYTES + 1]);
    byte[] good = log(List.of(Written.of(1, 4, new byte[4])));
    for (int length = 1; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      if (length != log(List.of()).length) {
        refused(cut);
      }
    }
    byte[] sha1 = good.clone();
    sha1[60] = 4;
    refused(sha1);
  }

  @Test
  @DisplayName("the ACPI table names the technology of the log and its address")
  void tables() throws MalformedEvidenceException {
    assertThat(CcelTable.parse(table(2))).isEqualTo(new CcelTable(2, 0, 65536, 0x7FF0_0000));
    for (byte[] wrong :
        new byte[][] {
          new byte[0], Arrays.copyOf(table(2), 55), Arrays.copyOf(table(2), 57), new byte[56]
        }) {
      assertThatThrownBy(() -> CcelTable.parse(wrong))
          .isInstanceOf(MalformedEvidenceException.class);
    }
  }

  @Test
  @DisplayName("the real table of a cloud")
  void realTable() throws MalformedEvidenceException {
    TdxVectors.assume();
    CcelTable table = CcelTable.parse(TdxVectors.bytes("eventlog/cos113_ccel_table.dat"));
    assertThat(table.type()).isEqualTo(CcelTable.TDX);
    assertThat(table.minimumLength()).isEqualTo(262144);
    assertThat(HexFormat.of().toHexDigits(table.address())).isNotEqualTo("0".repeat(16));
  }
}
