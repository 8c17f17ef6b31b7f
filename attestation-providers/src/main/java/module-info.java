/**
 * Families of evidence (AMD SEV-SNP, Intel TDX, NVIDIA, Azure) and their shared support: formats,
 * collateral, verifiers, collectors, policy files.
 */
module io.fedtrust.attestation.providers {
  requires transitive io.fedtrust.attestation;
  requires com.github.benmanes.caffeine;
  requires com.nimbusds.jose.jwt;
  requires java.net.http;
  requires java.xml;
  requires java.xml.crypto;
  requires org.bouncycastle.provider;
  requires org.slf4j;
  requires org.yaml.snakeyaml;
  requires tools.jackson.core;
  requires tools.jackson.dataformat.cbor;
  requires static org.jspecify;

  exports io.fedtrust.attestation.providers.collateral;
  exports io.fedtrust.attestation.providers.eventlog;
  exports io.fedtrust.attestation.providers.family;
  exports io.fedtrust.attestation.providers.policy;
  exports io.fedtrust.attestation.providers.wire;
  exports io.fedtrust.attestation.providers.azure.collateral;
  exports io.fedtrust.attestation.providers.azure.collector;
  exports io.fedtrust.attestation.providers.azure.format;
  exports io.fedtrust.attestation.providers.azure.maa;
  exports io.fedtrust.attestation.providers.azure.policy;
  exports io.fedtrust.attestation.providers.azure.verifier;
  exports io.fedtrust.attestation.providers.nvidia.collateral;
  exports io.fedtrust.attestation.providers.nvidia.collector;
  exports io.fedtrust.attestation.providers.nvidia.format;
  exports io.fedtrust.attestation.providers.nvidia.nras;
  exports io.fedtrust.attestation.providers.nvidia.policy;
  exports io.fedtrust.attestation.providers.nvidia.verifier;
  exports io.fedtrust.attestation.providers.snp.collateral;
  exports io.fedtrust.attestation.providers.snp.collector;
  exports io.fedtrust.attestation.providers.snp.format;
  exports io.fedtrust.attestation.providers.snp.policy;
  exports io.fedtrust.attestation.providers.snp.verifier;
  exports io.fedtrust.attestation.providers.tdx.collateral;
  exports io.fedtrust.attestation.providers.tdx.collector;
  exports io.fedtrust.attestation.providers.tdx.format;
  exports io.fedtrust.attestation.providers.tdx.ita;
  exports io.fedtrust.attestation.providers.tdx.policy;
  exports io.fedtrust.attestation.providers.tdx.verifier;

  uses io.fedtrust.attestation.providers.family.EvidenceFamily;

  provides io.fedtrust.attestation.providers.family.EvidenceFamily with
      io.fedtrust.attestation.providers.azure.AciFamily,
      io.fedtrust.attestation.providers.azure.CvmFamily,
      io.fedtrust.attestation.providers.nvidia.GpuFamily,
      io.fedtrust.attestation.providers.snp.SnpFamily,
      io.fedtrust.attestation.providers.tdx.TdxFamily;
}
