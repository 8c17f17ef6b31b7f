/** What a relying party can demand of TDX evidence. Start at {@link TdxPolicy}. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.tdx.policy;
