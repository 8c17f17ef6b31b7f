// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.maa;

import io.fedtrust.attestation.model.ClaimValue.Flag;
import io.fedtrust.attestation.model.ClaimValue.Levels;
import io.fedtrust.attestation.model.ClaimValue.Octets;
import io.fedtrust.attestation.model.ClaimValue.Text;
import io.fedtrust.attestation.model.ClaimValue.Whole;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.azure.format.AzureClaimNames;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.jws.CompactJws;
import io.fedtrust.attestation.providers.snp.format.SnpClaimNames;
import io.fedtrust.attestation.providers.tdx.format.TdxClaimNames;
import io.fedtrust.attestation.providers.token.TokenService;
import io.fedtrust.attestation.providers.token.TokenTimes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The content of a token. For a container group, all claims are on the outermost level. For a
 * confidential VM, the guest's state is there, and the claims about the hardware are in {@code
 * x-ms-isolation-tee}. Claims of one level are never used as those of the other (Microsoft Azure
 * Attestation, claim sets).
 */
final class MaaToken {
  static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "maa.format", ReasonCode.EVIDENCE_MALFORMED, "Microsoft Azure Attestation, claim sets");

  /** The description of Microsoft Azure Attestation. */
  static final TokenService SERVICE =
      new TokenService("maa", KIND, Set.of("RS256"), MaaItems.KEYS, "/certs", MaaToken::jws);

  /** Members of a header. {@code jku} is allowed, but never followed. */
  private static final Set<String> HEADER = Set.of("alg", "kid", "typ", "jku");

  private static final int MAX_CHARACTERS = 64 << 10;
  private static final int MAX_SVN = 255;
  private static final int MAX_VMPL = Integer.MAX_VALUE;
  private static final String SNP = "x-ms-sevsnpvm-";
  private static final String VM = "x-ms-azurevm-";

  /** Claims of bytes: name in tokens, name in policies, number of bytes. */
  private static final List<Named> OCTETS =
      List.of(
          new Named("launchmeasurement", AzureClaimNames.LAUNCH_MEASUREMENT, 48),
          new Named("hostdata", SnpClaimNames.HOST_DATA, 32),
          new Named("reportdata", SnpClaimNames.REPORT_DATA, 64),
          new Named("familyId", SnpClaimNames.FAMILY_ID, 16),
          new Named("imageId", SnpClaimNames.IMAGE_ID, 16),
          new Named("reportid", SnpClaimNames.REPORT_ID, 32),
          new Named("idkeydigest", SnpClaimNames.ID_KEY_DIGEST, 48),
          new Named("authorkeydigest", SnpClaimNames.AUTHOR_KEY_DIGEST, 48));

  private static final Map<String, String> FLAGS =
      Map.of(
          "is-debuggable", SnpClaimNames.DEBUG,
          "migration-allowed", SnpClaimNames.MIGRATION,
          "smt-allowed", SnpClaimNames.SMT);

  private static final Map<String, String> GUEST_FLAGS =
      Map.of(
          "bootdebug-enabled", AzureClaimNames.BOOT_DEBUG,
          "kerneldebug-enabled", AzureClaimNames.KERNEL_DEBUG,
          "hypervisordebug-enabled", AzureClaimNames.HYPERVISOR_DEBUG,
          "testsigning-enabled", AzureClaimNames.TEST_SIGNING);

  private final EvidenceForm form;
  private final CompactJws jws;
  private final JsonObject outer;

  private MaaToken(EvidenceForm form, CompactJws jws) {
    this.form = form;
    this.jws = jws;
    this.outer = jws.payload();
  }

  private record Named(String token, String policy, int bytes) {}

  static CompactJws jws(Evidence evidence) throws MalformedEvidenceException {
    if (evidence.token().length() > MAX_CHARACTERS) {
      throw KIND.refused(
          "a token of at most " + MAX_CHARACTERS + " characters", evidence.token().length());
    }
    return CompactJws.parse(KIND, evidence.token(), HEADER);
  }

  static MaaToken of(EvidenceForm form, CompactJws token) {
    return new MaaToken(form, token);
  }

  String issuer() throws MalformedEvidenceException {
    return outer.text("iss");
  }

  TokenTimes times() throws MalformedEvidenceException {
    outer.seconds("nbf");
    return TokenTimes.of(outer);
  }

  String version() throws MalformedEvidenceException {
    return outer.text("x-ms-ver");
  }

  /** The kind of attestation; for a confidential VM, that of the guest, not of its hardware. */
  String type() throws MalformedEvidenceException {
    return outer.text("x-ms-attestation-type");
  }

  private boolean isMachine() {
    return form.equals(EvidenceForm.MAA_CVM_JWT);
  }

  /** The object with the hardware's claims; a Trusted Launch VM has none. */
  JsonObject hardware() throws MalformedEvidenceException {
    return isMachine() ? outer.object("x-ms-isolation-tee") : outer;
  }

  String tee() throws MalformedEvidenceException {
    return hardware().text("x-ms-attestation-type");
  }

  /**
   * The data that the platform included for the attester, if it is a challenge's hash in its one
   * spelling.
   */
  Optional<byte[]> hash() throws MalformedEvidenceException {
    if (!outer.has("x-ms-runtime")) {
      return Optional.empty();
    }
    JsonObject runtime = outer.object("x-ms-runtime");
    if (isMachine()) {
      return runtime.has("client-payload")
          ? runtime.object("client-payload").findText("nonce").flatMap(MaaToken::decoded)
          : Optional.empty();
    }
    return runtime.names().equals(Set.of("nonce"))
        ? runtime.findText("nonce").flatMap(RuntimeData::ofNonce)
        : Optional.empty();
  }

  /** The data that the attester chose: the nonce; without one, the machine's user data. */
  private byte[] nonce() throws MalformedEvidenceException {
    Optional<byte[]> hash = hash();
    if (hash.isPresent()) {
      return hash.get();
    }
    if (!outer.has("x-ms-runtime")) {
      return new byte[0];
    }
    JsonObject runtime = outer.object("x-ms-runtime");
    Map<String, ?> holder =
        isMachine() && runtime.has("client-payload")
            ? runtime.object("client-payload").members()
            : runtime.members();
    if (holder.get("nonce") instanceof String nonce) {
      return nonce.getBytes(StandardCharsets.UTF_8);
    }
    return runtime.members().get("user-data") instanceof String data ? userData(data) : new byte[0];
  }

  /** Paravisors write it in either case. */
  private static byte[] userData(String text) {
    try {
      return HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException e) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  private static Optional<byte[]> decoded(String nonce) {
    try {
      byte[] text = Base64.getDecoder().decode(nonce);
      return Base64.getEncoder().encodeToString(text).equals(nonce)
          ? RuntimeData.ofNonce(new String(text, StandardCharsets.US_ASCII))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  byte[] reportData() throws MalformedEvidenceException {
    return hardware().hex(SNP + "reportdata", 64);
  }

  /** Returns the claims, with the names that the hardware's own families use. */
  Claims claims(byte[] boundData) throws MalformedEvidenceException {
    JsonObject hardware = hardware();
    boolean intel = tee().equals("tdxvm");
    String measurement = hardware.hexText(intel ? "tdx_mrtd" : SNP + "launchmeasurement", 48);
    Claims.Builder claims =
        Claims.of(form, measurement, boundData)
            .signedContent(jws.signingInput())
            .nonce(nonce())
            .expiresAt(times().expiresAt())
            .put(AzureClaimNames.TEE, new Text(tee()))
            .put(AzureClaimNames.ISSUER, new Text(issuer()))
            .put(AzureClaimNames.ISSUED_AT, new Text(times().issuedAt().toString()))
            .put(AzureClaimNames.TOKEN_ID, outer.findText("jti").map(Text::new))
            .put(AzureClaimNames.MAA_POLICY_HASH, outer.findText("x-ms-policy-hash").map(Text::new))
            .put(
                AzureClaimNames.COMPLIANCE_STATUS,
                hardware.findText("x-ms-compliance-status").map(Text::new));
    if (intel) {
      tdx(claims, hardware);
    } else {
      snp(claims, hardware);
    }
    if (isMachine()) {
      guest(claims);
    }
    return claims.build();
  }

  private static void snp(Claims.Builder claims, JsonObject hardware)
      throws MalformedEvidenceException {
    for (Named octets : OCTETS) {
      claims.put(
          octets.policy(), new Octets(hardware.hexText(SNP + octets.token(), octets.bytes())));
    }
    for (Map.Entry<String, String> flag : FLAGS.entrySet()) {
      claims.put(flag.getValue(), new Flag(hardware.flag(SNP + flag.getKey())));
    }
    claims.put(SnpClaimNames.VMPL, new Whole(hardware.whole(SNP + "vmpl", MAX_VMPL)));
    claims.put(
        SnpClaimNames.GUEST_SVN, new Whole(hardware.whole(SNP + "guestsvn", Integer.MAX_VALUE)));
    Map<String, Long> levels = new LinkedHashMap<>();
    levels.put("bootloader", (long) hardware.whole(SNP + "bootloader-svn", MAX_SVN));
    levels.put("tee", (long) hardware.whole(SNP + "tee-svn", MAX_SVN));
    levels.put("snp", (long) hardware.whole(SNP + "snpfw-svn", MAX_SVN));
    levels.put("microcode", (long) hardware.whole(SNP + "microcode-svn", MAX_SVN));
    claims.put(SnpClaimNames.REPORTED_TCB, new Levels(levels));
  }

  private static void tdx(Claims.Builder claims, JsonObject hardware)
      throws MalformedEvidenceException {
    claims.put(AzureClaimNames.LAUNCH_MEASUREMENT, new Octets(hardware.hexText("tdx_mrtd", 48)));
    claims.put(TdxClaimNames.REPORT_DATA, new Octets(hardware.hexText("tdx_report_data", 64)));
    claims.put(TdxClaimNames.DEBUG, new Flag(hardware.flag("tdx_td_attributes_debug")));
    claims.put(TdxClaimNames.TCB_STATUS, new Text(hardware.text("attester_tcb_status")));
  }

  private void guest(Claims.Builder claims) throws MalformedEvidenceException {
    claims.put(AzureClaimNames.SECURE_BOOT, new Flag(outer.flag("secureboot")));
    for (Map.Entry<String, String> flag : GUEST_FLAGS.entrySet()) {
      if (outer.has(VM + flag.getKey())) {
        claims.put(flag.getValue(), new Flag(outer.flag(VM + flag.getKey())));
      }
    }
    claims.put(AzureClaimNames.VM_ID, outer.findText(VM + "vmid").map(Text::new));
    claims.put(AzureClaimNames.OS_TYPE, outer.findText(VM + "ostype").map(Text::new));
    claims.put(AzureClaimNames.OS_DISTRO, outer.findText(VM + "osdistro").map(Text::new));
  }
}
