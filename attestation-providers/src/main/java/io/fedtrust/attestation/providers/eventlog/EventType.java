// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.eventlog;

import java.util.Arrays;
import java.util.HexFormat;

/** Types of events in firmware logs (TCG PC Client Platform Firmware Profile, section 10.4.1). */
enum EventType {
  EV_PREBOOT_CERT(0x0),
  EV_POST_CODE(0x1),
  EV_NO_ACTION(0x3),
  EV_SEPARATOR(0x4),
  EV_ACTION(0x5),
  EV_EVENT_TAG(0x6),
  EV_S_CRTM_CONTENTS(0x7),
  EV_S_CRTM_VERSION(0x8),
  EV_CPU_MICROCODE(0x9),
  EV_PLATFORM_CONFIG_FLAGS(0xA),
  EV_TABLE_OF_DEVICES(0xB),
  EV_COMPACT_HASH(0xC),
  EV_IPL(0xD),
  EV_IPL_PARTITION_DATA(0xE),
  EV_NONHOST_CODE(0xF),
  EV_NONHOST_CONFIG(0x10),
  EV_NONHOST_INFO(0x11),
  EV_OMIT_BOOT_DEVICE_EVENTS(0x12),
  EV_EFI_VARIABLE_DRIVER_CONFIG(0x80000001L),
  EV_EFI_VARIABLE_BOOT(0x80000002L),
  EV_EFI_BOOT_SERVICES_APPLICATION(0x80000003L),
  EV_EFI_BOOT_SERVICES_DRIVER(0x80000004L),
  EV_EFI_RUNTIME_SERVICES_DRIVER(0x80000005L),
  EV_EFI_GPT_EVENT(0x80000006L),
  EV_EFI_ACTION(0x80000007L),
  EV_EFI_PLATFORM_FIRMWARE_BLOB(0x80000008L),
  EV_EFI_HANDOFF_TABLES(0x80000009L),
  EV_EFI_PLATFORM_FIRMWARE_BLOB2(0x8000000AL),
  EV_EFI_HANDOFF_TABLES2(0x8000000BL),
  EV_EFI_VARIABLE_BOOT2(0x8000000CL),
  EV_EFI_GPT_EVENT2(0x8000000DL),
  EV_EFI_HCRTM_EVENT(0x80000010L),
  EV_EFI_VARIABLE_AUTHORITY(0x800000E0L),
  EV_EFI_SPDM_FIRMWARE_BLOB(0x800000E1L),
  EV_EFI_SPDM_FIRMWARE_CONFIG(0x800000E2L);

  private final long number;

  EventType(long number) {
    this.number = number;
  }

  long number() {
    return number;
  }

  /** Returns the name of a type, or its number where it has none. */
  static String nameOf(long number) {
    return Arrays.stream(values())
        .filter(type -> type.number == number)
        .map(EventType::name)
        .findFirst()
        .orElseGet(() -> "0x" + HexFormat.of().toHexDigits((int) number));
  }
}
