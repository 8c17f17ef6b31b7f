/**
 * Evidence families (AMD SEV-SNP, Intel TDX, NVIDIA GPU, Azure) and their shared support. The
 * packages are filled by the attestation half of the product; nothing is exported yet.
 */
module io.fedtrust.attestation.providers {
  requires static org.jspecify;
}
