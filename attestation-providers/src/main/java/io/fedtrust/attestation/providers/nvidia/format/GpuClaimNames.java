// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.format;

/** The names of the claims of NVIDIA GPUs. Claims, policies and documentation use these. */
public final class GpuClaimNames {
  /** The claim {@code gpus}: number of GPUs. */
  public static final String GPUS = "gpus";

  /** The claim {@code switches}: number of switches. */
  public static final String SWITCHES = "switches";

  /** The claim {@code architecture}: architecture of the GPUs. */
  public static final String ARCHITECTURE = "architecture";

  /** The claim {@code driver-version}: version of the driver. */
  public static final String DRIVER_VERSION = "driver-version";

  /** The claim {@code mode}: confidential-computing mode of the GPUs. */
  public static final String MODE = "mode";

  /** The claim {@code vbios-versions}: versions of the VBIOS, upper case. */
  public static final String VBIOS_VERSIONS = "vbios-versions";

  /** The claim {@code switch-bios-versions}: versions of the BIOS of switches. */
  public static final String SWITCH_BIOS_VERSIONS = "switch-bios-versions";

  /** The claim {@code hardware-models}: models of devices. */
  public static final String HARDWARE_MODELS = "hardware-models";

  /** The claim {@code ueids}: identities of devices. */
  public static final String UEIDS = "ueids";

  /** The claim {@code device-names}: names of devices. */
  public static final String DEVICE_NAMES = "device-names";

  /** The claim {@code manifests}: manifests with which devices were compared. */
  public static final String MANIFESTS = "manifests";

  /** The claim {@code nvdec0}: state of the first video decoder of each GPU. */
  public static final String NVDEC0 = "nvdec0";

  /** The claim {@code mismatches}: measurements that differ from the manifests. */
  public static final String MISMATCHES = "mismatches";

  /**
   * The claim {@code fabric-complete}: whether every switch is attested where NVLink is not
   * encrypted.
   */
  public static final String FABRIC_COMPLETE = "fabric-complete";

  /** The claim {@code fabric-gap}: what is missing in the fabric. */
  public static final String FABRIC_GAP = "fabric-gap";

  /** The claim {@code sample-nonce}: whether the nonce is one of NVIDIA's published samples. */
  public static final String SAMPLE_NONCE = "sample-nonce";

  /** The claim {@code claims-version}: version of the claims of NVIDIA's service. */
  public static final String CLAIMS_VERSION = "claims-version";

  /** The claim {@code warnings}: what NVIDIA's service warns of. */
  public static final String WARNINGS = "warnings";

  /** The claim {@code issuer}: issuer of the token. */
  public static final String ISSUER = "issuer";

  /** The claim {@code issued-at}: when the token was issued. */
  public static final String ISSUED_AT = "issued-at";

  /** The claim {@code token-id}: identity of the token. */
  public static final String TOKEN_ID = "token-id";

  private GpuClaimNames() {}
}
