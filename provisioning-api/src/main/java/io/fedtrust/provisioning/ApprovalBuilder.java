// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

/**
 * Options of the approval of one participant's request. The signed zip's default place is {@code
 * <name>.signed.zip} beside the request zip.
 */
public interface ApprovalBuilder extends SingleApproval<ApprovalBuilder, Approval> {}
