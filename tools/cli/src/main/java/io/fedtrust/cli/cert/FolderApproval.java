// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.Action.PartialFailure;
import io.fedtrust.cli.CliEnvironment;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Progress;
import io.fedtrust.provisioning.BatchApproving;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ComparableName;
import io.fedtrust.provisioning.model.KeyFingerprint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Approves every request of a folder.
 *
 * @param options of the command
 * @param environment of the command
 * @param dialog shows the plan
 */
record FolderApproval(ApproveOptions options, CliEnvironment environment, ApprovalDialog dialog) {
  Map<String, Object> of(CertificateAuthority authority, List<Path> zips) {
    ApprovalFields fields = new ApprovalFields(authority);
    BatchApproving approving = options.applyTo(authority.approveAll(zips), environment);
    Map<String, KeyFingerprint> keys = options.namedKeys();
    keys.forEach(approving::expectKey);
    options.out.map(environment::resolve).ifPresent(approving::into);
    Progress progress = new Progress(environment, "approving", zips.size());
    approving.progress(zip -> progress.step());
    BatchApproving.Plan plan = approving.plan();
    dialog.show(plan);
    if (options.dryRun) {
      return batch(
          plan.approvals().stream().map(fields::plan).toList(), plan.leftOut(), zips.size());
    }
    warnOfUncompared(plan, keys.keySet());
    BatchApproving.Result result = plan.write();
    progress.done();
    return batch(
        result.approvals().stream()
            .map(done -> fields.approved(done.plan(), done.approval()))
            .toList(),
        result.leftOut(),
        zips.size());
  }

  private void warnOfUncompared(BatchApproving.Plan plan, Set<String> named) {
    Set<ComparableName> compared =
        named.stream().map(ComparableName::of).collect(Collectors.toSet());
    dialog.warnOfUncompared(
        plan.approvals().stream()
            .filter(approval -> !compared.contains(ComparableName.of(approval.request().name())))
            .toList());
  }

  private Map<String, Object> batch(
      List<Map<String, Object>> approved, List<BatchApproving.LeftOut> leftOut, int total) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("approved", approved);
    data.put("failed", leftOut.stream().map(ApprovalFields::failed).toList());
    if (!leftOut.isEmpty()) {
      throw new PartialFailure(partial(leftOut.size(), total), data);
    }
    return data;
  }

  private CommandOutput.Failure partial(int leftOut, int total) {
    ErrorCode code = ErrorCode.PARTIAL_FAILURE;
    String others =
        leftOut == total
            ? ""
            : options.dryRun ? "The others would be approved. " : "The others were approved. ";
    return new CommandOutput.Failure(
        code.name(),
        code.exitStatus(),
        leftOut
            + " of "
            + total
            + " requests "
            + (options.dryRun ? "would not be" : "were not")
            + " approved",
        others + code.hint());
  }
}
