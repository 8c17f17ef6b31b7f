// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import static io.fedtrust.attestation.providers.Judged.claim;
import static io.fedtrust.attestation.providers.Judged.genuine;
import static io.fedtrust.attestation.providers.Judged.notGenuine;
import static io.fedtrust.attestation.providers.Judged.reason;
import static io.fedtrust.attestation.providers.Judged.undetermined;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.azure.maa.MaaItems;
import io.fedtrust.attestation.providers.azure.maa.MaaVerifier;
import io.fedtrust.attestation.providers.azure.policy.AciOptions;
import io.fedtrust.attestation.providers.azure.policy.AciPolicy;
import io.fedtrust.attestation.providers.azure.policy.AciVocabulary;
import io.fedtrust.attestation.providers.azure.policy.CvmOptions;
import io.fedtrust.attestation.providers.azure.policy.CvmPolicy;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.snp.policy.SnpOptions;
import io.fedtrust.attestation.simulated.SimulatedMaa;
import io.fedtrust.attestation.simulated.SimulatedMaaToken;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of Microsoft Azure Attestation, one thing wrong at a time. */
class MaaVerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
  private static final Instant END = NOW.plus(Duration.ofDays(1));
  private static final SimulatedMaa SERVICE =
      SimulatedMaa.create(NOW.minus(Duration.ofDays(30)), new SecureRandom());
  private static final byte[] HASH = filled(32, 9);
  private static final MaaVerifier CONTAINERS =
      MaaVerifier.containers(SimulatedMaa.INSTANCE).build();
  private static final MaaVerifier MACHINES =
      MaaVerifier.virtualMachines(SimulatedMaa.INSTANCE).build();

  private static byte[] filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static SimulatedMaaToken container() {
    return SERVICE.container(NOW).bound(HASH);
  }

  private static SimulatedMaaToken machine() {
    return SERVICE.machine(NOW).bound(HASH);
  }

  private static Collateral keys(SimulatedMaa service) {
    return keys(service.keys(END));
  }

  private static Collateral keys(ServiceKeys keys) {
    return Collateral.of(List.of(keys.item(MaaItems.KEYS, "any")));
  }

  private static EvidenceVerification judged(SimulatedMaaToken token) {
    return judged(CONTAINERS, SERVICE.sign(token), NOW);
  }

  private static EvidenceVerification judgedAsMachine(SimulatedMaaToken token) {
    return judged(MACHINES, SERVICE.sign(token), NOW);
  }

  private static EvidenceVerification judged(MaaVerifier verifier, String token, Instant at) {
    return verifier.verify(
        Evidence.of(verifier.forms().iterator().next(), token), keys(SERVICE), at);
  }

  private static AppraisalRules.Builder containerRules() {
    return AciPolicy.strict()
        .forms(Set.of(EvidenceForm.MAA_JWT))
        .set(AciOptions.CONTAINER_POLICIES, "00".repeat(32));
  }

  private static AppraisalRules.Builder machineRules() {
    return CvmPolicy.strict()
        .forms(Set.of(EvidenceForm.MAA_CVM_JWT))
        .measurement(ReferenceValue.of("paravisor", "00".repeat(48)));
  }

  private static Verdict appraised(AppraisalRules.Builder rules, SimulatedMaaToken token) {
    AppraisalRules built = rules.build();
    boolean machine = built.vocabulary().namespace().equals(Namespace.AZURE_CVM);
    Evidence evidence =
        SERVICE.evidence(machine ? EvidenceForm.MAA_CVM_JWT : EvidenceForm.MAA_JWT, token);
    return FederationPolicy.named("hospitals", "1")
        .anySite(built)
        .build()
        .find("site", built.vocabulary().namespace())
        .orElseThrow()
        .appraise(
            evidence,
            (machine ? MACHINES : CONTAINERS).verify(evidence, keys(SERVICE), NOW),
            AppraisalContext.evidenceAlone("site", NOW).expecting(HASH));
  }

  @Test
  @DisplayName("what a policy writes is demanded of a token too, even if it equals strict's value")
  void writtenLikeStrict() {
    trusted(appraised(containerRules(), container()));
    for (PolicyOption option :
        List.of(
            AciOptions.UVM_ISSUERS,
            AciOptions.UVM_FEEDS,
            AciOptions.MINIMUM_UVM_SVN,
            SnpOptions.SIGNERS,
            SnpOptions.ALLOW_CXL,
            SnpOptions.ALLOW_RESERVED_BITS,
            SnpOptions.ALLOW_PROVISIONAL_FIRMWARE)) {
      Object value = new AciVocabulary().profiles().get(0).settings().get(option.key());
      rejectedBy(option.check(), appraised(containerRules().set(option, value), container()));
      assertThat(containerRules().set(option, value).build().describe())
          .containsEntry(option.key() + ".written", "true");
    }
  }

  private static void trusted(Verdict verdict) {
    assertThat(verdict).as(verdict.explain()).isInstanceOf(Verdict.Trusted.class);
  }

  private static void rejectedBy(String check, Verdict verdict) {
    assertThat(verdict).as(verdict.explain()).isInstanceOf(Verdict.Rejected.class);
    assertThat(verdict.explain()).contains("FAIL " + check);
  }

  @Test
  @DisplayName("good tokens of both kinds carry their challenge and say SIMULATED")
  void good() {
    for (EvidenceVerification result : List.of(judged(container()), judgedAsMachine(machine()))) {
      genuine(result);
      assertThat(result.verifiedClaims().orElseThrow().isBoundTo(HASH)).isTrue();
      assertThat(result.notes()).anyMatch(note -> note.contains("SIMULATED"));
      assertThat(((EvidenceVerification.Genuine) result).expiresAt())
          .isEqualTo(NOW.plus(Duration.ofHours(1)));
    }
    trusted(appraised(containerRules(), container()));
    trusted(appraised(machineRules(), machine()));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {"\"none\"", "\"HS256\"", "\"PS256\"", "\"RS384\"", "\"rs256\"", "\"ES256\""})
  @DisplayName("no algorithm but RS256")
  void algorithms(String algorithm) {
    notGenuine(
        ReasonCode.ALGORITHM_NOT_ALLOWED,
        "maa.algorithm",
        judged(container().header("alg", algorithm)));
  }

  @Test
  @DisplayName("an HMAC whose secret is the public key, in every spelling of it")
  void publicKeyAsSecret() throws Exception {
    String[] parts = SERVICE.sign(container().header("alg", "\"HS256\"")).split("\\.", -1);
    String input = parts[0] + "." + parts[1];
    X509Certificate certificate = certificate();
    for (byte[] secret :
        List.of(certificate.getPublicKey().getEncoded(), certificate.getEncoded())) {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      String signature =
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
      notGenuine(
          ReasonCode.ALGORITHM_NOT_ALLOWED,
          "maa.algorithm",
          judged(CONTAINERS, input + "." + signature, NOW));
    }
  }

  private static X509Certificate certificate() throws Exception {
    JsonObject set =
        JsonObject.read(
            new JsonObject.Kind("test", ReasonCode.COLLATERAL_UNAVAILABLE, ""),
            SERVICE.jwks(),
            1 << 20);
    return io.fedtrust.attestation.providers.pki.Certificates.parse(
        Base64.getDecoder().decode(set.objects("keys", 1).get(0).texts("x5c", 1).get(0)));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"jwk", "x5c", "x5u", "crit", "b64", "zip", "x5t"})
  @DisplayName("a header that brings or points to its own key")
  void headers(String name) {
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED, "maa.format", judged(container().header(name, "\"x\"")));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "https://maa.simulated.invalid.evil.example/certs",
        "https://maa.simulated.invalid/certs/",
        "http://maa.simulated.invalid/certs",
        "https://MAA.simulated.invalid/certs"
      })
  @DisplayName("jku is never followed, and must be the accepted instance's")
  void keyAddress(String jku) {
    notGenuine(
        ReasonCode.ISSUER_UNKNOWN,
        "maa.key-address",
        judged(container().header("jku", "\"" + jku + "\"")));
    genuine(judged(container().without("jku")));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "https://maa.simulated.invalid/",
        "https://maa.simulated.invalid.evil.example",
        "https://tenant.maa.simulated.invalid",
        "https://MAA.SIMULATED.INVALID",
        "http://maa.simulated.invalid",
        "maa.simulated.invalid"
      })
  @DisplayName("the issuer is exactly one of the accepted instances")
  void issuers(String issuer) {
    notGenuine(
        ReasonCode.ISSUER_UNKNOWN,
        "maa.issuer",
        judged(container().outer("iss", "\"" + issuer + "\"")));
  }

  @Test
  @DisplayName("another tenant's instance of the same service signs well, and is refused")
  void otherTenant() {
    SimulatedMaa tenant = SERVICE.named("https://tenant.weu.attest.azure.net");
    Evidence evidence = tenant.evidence(EvidenceForm.MAA_JWT, tenant.container(NOW).bound(HASH));
    notGenuine(
        ReasonCode.ISSUER_UNKNOWN, "maa.issuer", CONTAINERS.verify(evidence, keys(tenant), NOW));
    MaaVerifier both =
        MaaVerifier.containers(SimulatedMaa.INSTANCE).instance(tenant.instance()).build();
    genuine(both.verify(evidence, keys(tenant), NOW));
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE, "maa.keys", both.verify(evidence, keys(SERVICE), NOW));
  }

  @Test
  @DisplayName("keys of one instance are not keys of another, whatever their kid is")
  void keysOfAnother() {
    SimulatedMaa attacker =
        SimulatedMaa.create(NOW.minus(Duration.ofDays(1)), new SecureRandom())
            .named("https://attacker.weu.attest.azure.net");
    SimulatedMaaToken forged =
        attacker
            .container(NOW)
            .bound(HASH)
            .outer("iss", "\"" + SimulatedMaa.INSTANCE + "\"")
            .without("jku");
    Collateral both =
        Collateral.of(
            List.of(
                attacker.keys(END).item(MaaItems.KEYS, "attacker"),
                SERVICE.keys(END).item(MaaItems.KEYS, "service")));
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "maa.keys",
        MaaVerifier.containers(SimulatedMaa.INSTANCE)
            .instance(attacker.instance())
            .build()
            .verify(attacker.evidence(EvidenceForm.MAA_JWT, forged), both, NOW));
  }

  @Test
  @DisplayName("kid: none, an unknown one, one that is there twice, one of a key it does not name")
  void keyIdentities() {
    notGenuine(ReasonCode.EVIDENCE_MALFORMED, "maa.format", judged(container().without("kid")));
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE, "maa.keys", judged(container().header("kid", "\"x\"")));
    String set = new String(SERVICE.jwks(), StandardCharsets.UTF_8);
    String key = set.substring("{\"keys\":[".length(), set.length() - 2);
    Evidence evidence = SERVICE.evidence(EvidenceForm.MAA_JWT, container());
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "maa.keys",
        CONTAINERS.verify(evidence, keys(stated("{\"keys\":[" + key + "," + key + "]}")), NOW));
    String kid = key.replaceAll(".*\"kid\":\"([^\"]*)\".*", "$1");
    SimulatedMaa attacker = SimulatedMaa.create(NOW, new SecureRandom());
    String theirs = new String(attacker.jwks(), StandardCharsets.UTF_8);
    String collision = theirs.replaceAll("\"kid\":\"[^\"]*\"", "\"kid\":\"" + kid + "\"");
    Evidence forged =
        attacker.evidence(
            EvidenceForm.MAA_JWT,
            attacker.container(NOW).bound(HASH).header("kid", "\"" + kid + "\""));
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "maa.key-id",
        CONTAINERS.verify(forged, keys(stated(collision)), NOW));
    notGenuine(
        ReasonCode.SIGNATURE_INVALID,
        "maa.signature",
        CONTAINERS.verify(forged, keys(SERVICE), NOW));
  }

  private static ServiceKeys stated(String jwks) {
    return ServiceKeys.of(
        SimulatedMaa.INSTANCE,
        END,
        ServiceKeys.Trust.CONFIGURED,
        jwks.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  @DisplayName("pins: of the verifier and of the key set, each must hold")
  void pins() throws Exception {
    String pin = Digests.sha256(certificate().getPublicKey().getEncoded());
    Evidence evidence = SERVICE.evidence(EvidenceForm.MAA_JWT, container());
    genuine(
        MaaVerifier.containers(SimulatedMaa.INSTANCE)
            .pins(Set.of(pin))
            .build()
            .verify(evidence, keys(SERVICE.keys(END).pinned(Set.of(pin))), NOW));
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "maa.verifier-pins",
        MaaVerifier.containers(SimulatedMaa.INSTANCE)
            .pins(Set.of("00".repeat(32)))
            .build()
            .verify(evidence, keys(SERVICE), NOW));
  }

  @Test
  @DisplayName("stale, future, without a time; an age of its own beside the token's end")
  void times() {
    String token = SERVICE.sign(container());
    genuine(judged(CONTAINERS, token, NOW.minusSeconds(60)));
    notGenuine(
        ReasonCode.TOKEN_NOT_VALID, "maa.times", judged(CONTAINERS, token, NOW.minusSeconds(61)));
    genuine(judged(CONTAINERS, token, NOW.plusSeconds(3599)));
    notGenuine(
        ReasonCode.EVIDENCE_TOO_OLD, "maa.age", judged(CONTAINERS, token, NOW.plusSeconds(3600)));
    MaaVerifier patient =
        MaaVerifier.containers(SimulatedMaa.INSTANCE).maximumAge(Duration.ofDays(1)).build();
    genuine(judged(patient, token, NOW.plusSeconds(28_799)));
    notGenuine(
        ReasonCode.TOKEN_NOT_VALID, "maa.times", judged(patient, token, NOW.plusSeconds(28_800)));
    for (String name : List.of("exp", "iat", "nbf")) {
      notGenuine(ReasonCode.EVIDENCE_MALFORMED, "maa.format", judged(container().without(name)));
      notGenuine(
          ReasonCode.EVIDENCE_MALFORMED,
          "maa.format",
          judged(container().outer(name, "\"" + NOW.getEpochSecond() + "\"")));
    }
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "maa.version",
        judged(container().outer("x-ms-ver", "\"2.0\"")));
  }

  @Test
  @DisplayName(
      "constant or missing runtime data gives no freshness; another hash another challenge")
  void freshness() {
    for (SimulatedMaaToken token :
        List.of(
            SERVICE.container(NOW),
            container().outer("x-ms-runtime", "{}"),
            container().outer("x-ms-runtime", "{\"nonce\":\"AAAA\"}"),
            container()
                .outer(
                    "x-ms-runtime",
                    "{\"nonce\":\"" + RuntimeData.nonce(HASH) + "\",\"keys\":[]}"))) {
      assertThat(((Verdict.Rejected) appraised(containerRules(), token)).reason())
          .isEqualTo(ReasonCode.NO_FRESHNESS);
    }
    assertThat(
            ((Verdict.Rejected)
                    appraised(containerRules(), SERVICE.container(NOW).bound(filled(32, 1))))
                .reason())
        .isEqualTo(ReasonCode.BINDING_MISMATCH);
    notGenuine(
        ReasonCode.BINDING_MISMATCH,
        "maa.report-data",
        judged(container().bytes("reportdata", RuntimeData.reportData(filled(3, 3)))));
    byte[] tail = RuntimeData.reportData(RuntimeData.of(HASH));
    tail[63] = 1;
    notGenuine(
        ReasonCode.BINDING_MISMATCH,
        "maa.report-data",
        judged(container().bytes("reportdata", tail)));
    for (String nonce : List.of("", "AAAA", "****", RuntimeData.nonce(HASH))) {
      assertThat(
              ((Verdict.Rejected)
                      appraised(
                          machineRules(),
                          machine()
                              .outer(
                                  "x-ms-runtime",
                                  "{\"client-payload\":{\"nonce\":\"" + nonce + "\"}}")))
                  .reason())
          .isEqualTo(ReasonCode.NO_FRESHNESS);
    }
  }

  @Test
  @DisplayName("a container's token is no VM's, a VM's no container's, levels are not mixed")
  void kinds() {
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED, "maa.attestation-type", judgedAsMachineOf(container()));
    notGenuine(ReasonCode.EVIDENCE_MALFORMED, "maa.attestation-type", judged(machine()));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "maa.format",
        judgedAsMachine(SERVICE.trustedLaunch(NOW).bound(HASH)));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "maa.isolation-tee",
        judgedAsMachine(machine().hardware("x-ms-attestation-type", "\"sgx\"")));
    EvidenceVerification lookAlike =
        judgedAsMachine(
            machine()
                .hardware("x-ms-sevsnpvm-is-debuggable", "true")
                .outer("x-ms-sevsnpvm-is-debuggable", "false")
                .outer("x-ms-compliance-status", "\"azure-compliant-cvm\""));
    assertThat(claim(lookAlike, "debug")).isEqualTo("true");
    rejectedBy(
        "policy.compliance-status",
        appraised(
            machineRules(),
            machine()
                .hardware("x-ms-compliance-status", "\"other\"")
                .outer("x-ms-compliance-status", "\"azure-compliant-cvm\"")));
  }

  /** A container's token with a nested object, as somebody might add by a policy of their own. */
  private static EvidenceVerification judgedAsMachineOf(SimulatedMaaToken token) {
    return judged(
        MACHINES,
        SERVICE.sign(token.outer("x-ms-isolation-tee", "{\"x-ms-attestation-type\":\"sevsnpvm\"}")),
        NOW);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "is-debuggable, true, policy.debug",
    "migration-allowed, true, policy.migration",
    "vmpl, 1, policy.vmpl",
  })
  @DisplayName("claims count, not the signature alone")
  void claims(String name, String json, String check) {
    rejectedBy(
        check, appraised(containerRules(), container().hardware("x-ms-sevsnpvm-" + name, json)));
    rejectedBy(check, appraised(machineRules(), machine().hardware("x-ms-sevsnpvm-" + name, json)));
  }

  @Test
  @DisplayName("another customer's container, an unknown UVM, a policy of the instance's owner")
  void othersContainers() {
    rejectedBy(
        "policy.host-data", appraised(containerRules(), container().bytes("hostdata", HASH)));
    rejectedBy(
        "policy.compliance-status",
        appraised(containerRules(), container().without("x-ms-compliance-status")));
    rejectedBy(
        "policy.compliance-status",
        appraised(
            containerRules(),
            container().hardware("x-ms-compliance-status", "\"azure-signed-katacc-uvm\"")));
    rejectedBy(
        "policy.maa-policy-hash",
        appraised(containerRules().set(AciOptions.MAA_POLICY_HASHES, "known"), container()));
    trusted(
        appraised(containerRules().set(AciOptions.MAA_POLICY_HASHES, "simulated"), container()));
    rejectedBy(
        "policy.launch-measurement",
        appraised(
            containerRules().set(AciOptions.LAUNCH_MEASUREMENTS, "11".repeat(48)), container()));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "x-ms-azurevm-bootdebug-enabled, allowBootDebug, policy.boot-debug",
    "x-ms-azurevm-kerneldebug-enabled, allowKernelDebug, policy.kernel-debug",
    "x-ms-azurevm-hypervisordebug-enabled, allowHypervisorDebug, policy.hypervisor-debug",
    "x-ms-azurevm-testsigning-enabled, allowTestSigning, policy.test-signing"
  })
  @DisplayName(
      "a guest that can be debugged is refused, unless the policy says otherwise; silence too")
  void debuggers(String name, String key, String check) {
    rejectedBy(check, appraised(machineRules(), machine().outer(name, "true")));
    rejectedBy(check, appraised(machineRules(), machine().without(name)));
    PolicyOption option =
        CvmOptions.ALL.stream().filter(known -> known.key().equals(key)).findFirst().orElseThrow();
    trusted(appraised(machineRules().set(option, true), machine().outer(name, "true")));
  }

  @Test
  @DisplayName("secure boot, machine and levels: each as the policy says")
  void machines() {
    rejectedBy(
        "policy.secure-boot", appraised(machineRules(), machine().outer("secureboot", "false")));
    trusted(
        appraised(
            machineRules().set(CvmOptions.REQUIRE_SECURE_BOOT, false),
            machine().outer("secureboot", "false")));
    rejectedBy(
        "policy.vm-id", appraised(machineRules().set(CvmOptions.VM_IDS, "other"), machine()));
    Map<String, Object> floors =
        Map.of("Milan", Map.of("snp", 24), "Genoa", Map.of("microcode", 219));
    trusted(appraised(machineRules().set(SnpOptions.MINIMUM_REPORTED_TCB, floors), machine()));
    rejectedBy(
        "policy.reported-tcb",
        appraised(
            machineRules().set(SnpOptions.MINIMUM_REPORTED_TCB, floors),
            machine().hardware("x-ms-sevsnpvm-snpfw-svn", "23")));
    rejectedBy(
        "policy.reported-tcb",
        appraised(
            machineRules().set(SnpOptions.MINIMUM_REPORTED_TCB, Map.of("Turin", Map.of("fmc", 0))),
            machine()));
  }

  @Test
  @DisplayName(
      "what strict asks of processors' own evidence is not asked of tokens; what a policy adds is")
  void silentClaims() {
    rejectedBy(
        "policy.chip-id",
        appraised(containerRules().set(SnpOptions.CHIP_IDS, "00".repeat(64)), container()));
    rejectedBy(
        "policy.uvm-svn",
        appraised(containerRules().set(AciOptions.MINIMUM_UVM_SVN, 105), container()));
    rejectedBy(
        "policy.signer", appraised(containerRules().set(SnpOptions.SIGNERS, "VLEK"), container()));
  }

  @Test
  @DisplayName("a token of a TDX machine has Intel's claims")
  void tdx() {
    SimulatedMaaToken token =
        machine()
            .hardware("x-ms-attestation-type", "\"tdxvm\"")
            .hardware("tdx_mrtd", "\"" + "00".repeat(48) + "\"")
            .hardware("tdx_report_data", "\"" + "00".repeat(64) + "\"")
            .hardware("tdx_td_attributes_debug", "false")
            .hardware("attester_tcb_status", "\"UpToDate\"");
    genuine(judgedAsMachine(token));
    rejectedBy("policy.tee", appraised(machineRules(), token));
    trusted(appraised(machineRules().set(CvmOptions.TEES, List.of("tdxvm", "sevsnpvm")), token));
    rejectedBy(
        "policy.tcb-status",
        appraised(
            machineRules().set(CvmOptions.TEES, List.of("tdxvm")),
            token.hardware("attester_tcb_status", "\"OutOfDate\"")));
    rejectedBy(
        "policy.debug",
        appraised(
            machineRules().set(CvmOptions.TEES, List.of("tdxvm")),
            token.hardware("tdx_td_attributes_debug", "true")));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "x-ms-sevsnpvm-is-debuggable, \"false\"",
    "x-ms-sevsnpvm-is-debuggable, 0",
    "x-ms-sevsnpvm-vmpl, \"0\"",
    "x-ms-sevsnpvm-vmpl, -1",
    "x-ms-sevsnpvm-vmpl, 0.0",
    "x-ms-sevsnpvm-hostdata, \"00\"",
    "x-ms-sevsnpvm-launchmeasurement, null",
    "x-ms-sevsnpvm-microcode-svn, 256",
    "x-ms-compliance-status, true"
  })
  @DisplayName("booleans and numbers as text, other lengths, nothing")
  void types(String name, String json) {
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED, "maa.format", judged(container().hardware(name, json)));
  }

  @Test
  @DisplayName("members twice, also nested ones; hex in either case is the same bytes")
  void duplicates() {
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED, "maa.format", judged(container().outer("a", "1,\"a\":1")));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "maa.format",
        judged(container().outer("a", "{\"b\":{\"c\":1,\"c\":2}}")));
    genuine(
        judged(
            container()
                .hardware("x-ms-sevsnpvm-launchmeasurement", "\"" + "Ab".repeat(48) + "\"")));
  }

  @Test
  @DisplayName("text that is no token, or another spelling of one, or too long")
  void spellings() {
    String good = SERVICE.sign(container());
    for (String spoiled :
        List.of(
            "",
            good + ".",
            good + "=",
            good + "\n",
            " " + good,
            good.replaceFirst("\\.", ".="),
            good.substring(0, good.lastIndexOf('.') + 1),
            good.substring(0, good.length() - 1) + (char) (good.charAt(good.length() - 1) + 1),
            "A".repeat(70_000) + good)) {
      EvidenceVerification result = judged(CONTAINERS, spoiled, NOW);
      assertThat(result).isInstanceOf(EvidenceVerification.NotGenuine.class);
      assertThat(List.of(reason(result, "maa.format"), reason(result, "maa.signature")))
          .containsAnyOf("EVIDENCE_MALFORMED", "SIGNATURE_INVALID");
    }
  }

  @Test
  @DisplayName("every character of a token counts")
  void flips() {
    String good = SERVICE.sign(container());
    for (int i = 0; i < good.length(); i += 7) {
      char other = good.charAt(i) == 'A' ? 'B' : 'A';
      assertThat(judged(CONTAINERS, good.substring(0, i) + other + good.substring(i + 1), NOW))
          .isNotInstanceOf(EvidenceVerification.Genuine.class);
    }
  }

  @Test
  @DisplayName("keys of the past are not used")
  void endedKeys() {
    undetermined(
        ReasonCode.COLLATERAL_EXPIRED,
        "maa.keys",
        CONTAINERS.verify(
            SERVICE.evidence(EvidenceForm.MAA_JWT, container()), keys(SERVICE.keys(NOW)), NOW));
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "maa.keys",
        CONTAINERS.verify(
            SERVICE.evidence(EvidenceForm.MAA_JWT, container()), Collateral.NONE, NOW));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "http://maa.simulated.invalid",
        "https://maa.simulated.invalid/",
        "https://MAA.simulated.invalid",
        "maa.simulated.invalid",
        "https://x.weu.test.attest.azure.net"
      })
  @DisplayName("instances are named in one spelling; test clusters not at all")
  void instances(String name) {
    assertThatThrownBy(() -> MaaVerifier.containers(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @Test
  @DisplayName("tokens are NVFlare's own of x-az-aci and x-az-cvm, both ways")
  void peers() throws Exception {
    for (EvidenceForm form : List.of(EvidenceForm.MAA_JWT, EvidenceForm.MAA_CVM_JWT)) {
      Evidence evidence =
          SERVICE.evidence(form, form.equals(EvidenceForm.MAA_JWT) ? container() : machine());
      Map<String, Object> entry =
          Map.of(
              "_cc_token", evidence.token(),
              "_cc_namespace", form.namespace().text(),
              "_cc_token_validated", false);
      assertThat(EvidenceForm.ofPeer(form.namespace())).contains(form);
      assertThat(CCToken.fromMap(entry).evidence(form)).contains(evidence);
    }
  }
}
