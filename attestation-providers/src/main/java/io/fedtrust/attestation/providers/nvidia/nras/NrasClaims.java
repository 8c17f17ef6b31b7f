// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.nras;

import io.fedtrust.attestation.model.ClaimValue.Flag;
import io.fedtrust.attestation.model.ClaimValue.Text;
import io.fedtrust.attestation.model.ClaimValue.Texts;
import io.fedtrust.attestation.model.ClaimValue.Whole;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.jws.CompactJws;
import io.fedtrust.attestation.providers.nvidia.format.Firmware;
import io.fedtrust.attestation.providers.nvidia.format.GpuClaimNames;
import io.fedtrust.attestation.providers.nvidia.format.SampleNonces;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import io.fedtrust.attestation.providers.token.TokenTimes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Returns the claims of a bundle, with the names that the claims of the devices' own reports have.
 */
final class NrasClaims {
  private NrasClaims() {}

  static Claims of(NrasBundle bundle) throws MalformedEvidenceException {
    JsonObject overall = bundle.overall().payload();
    List<DeviceToken> devices = new ArrayList<>();
    for (Map.Entry<String, CompactJws> token : bundle.devices().entrySet()) {
      devices.add(new DeviceToken(token.getKey(), token.getValue().payload()));
    }
    List<String> drivers = new ArrayList<>();
    List<String> versions = new ArrayList<>();
    List<String> switchVersions = new ArrayList<>();
    List<String> models = new ArrayList<>();
    List<String> ueids = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    List<String> firmware = new ArrayList<>();
    boolean bare = false;
    for (DeviceToken device : devices) {
      String bios = device.biosVersion().orElse("-");
      (device.isSwitch() ? switchVersions : versions).add(bios);
      device.driverVersion().ifPresent(drivers::add);
      models.add(device.hardwareModel());
      ueids.add(device.ueid());
      device.warning().ifPresent(warnings::add);
      bare |= device.namesSwitches();
      firmware.add(Firmware.line(device.ueid(), device.driverVersion(), bios));
    }
    byte[] nonce = overall.hex("eat_nonce", SpdmReport.NONCE_BYTES);
    Claims.Builder claims =
        Claims.of(EvidenceForm.NRAS_EAT, Firmware.digest(firmware), nonce)
            .signedContent(bundle.overall().signingInput())
            .nonce(nonce);
    bundle.devices().values().forEach(token -> claims.signedContent(token.signingInput()));
    claims.put(GpuClaimNames.GPUS, new Whole(versions.size()));
    claims.put(GpuClaimNames.SWITCHES, new Whole(switchVersions.size()));
    claims.put(GpuClaimNames.DRIVER_VERSION, drivers.stream().findFirst().map(Text::new));
    claims.put(GpuClaimNames.VBIOS_VERSIONS, new Texts(versions));
    claims.put(GpuClaimNames.SWITCH_BIOS_VERSIONS, new Texts(switchVersions));
    claims.put(GpuClaimNames.HARDWARE_MODELS, new Texts(models));
    claims.put(GpuClaimNames.UEIDS, new Texts(ueids));
    claims.put(GpuClaimNames.FABRIC_COMPLETE, new Flag(!bare));
    claims.put(GpuClaimNames.SAMPLE_NONCE, new Flag(SampleNonces.contains(nonce)));
    claims.put(GpuClaimNames.CLAIMS_VERSION, new Text(overall.text("x-nvidia-ver")));
    claims.put(GpuClaimNames.WARNINGS, new Texts(warnings));
    claims.put(GpuClaimNames.ISSUER, new Text(overall.text("iss")));
    claims.put(GpuClaimNames.ISSUED_AT, new Text(TokenTimes.of(overall).issuedAt().toString()));
    claims.put(GpuClaimNames.TOKEN_ID, overall.findText("jti").map(Text::new));
    return claims.build();
  }
}
