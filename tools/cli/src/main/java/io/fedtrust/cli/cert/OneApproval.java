// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.CliEnvironment;
import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.JobCaApproving;
import io.fedtrust.provisioning.SingleApproval;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Approves one request: asks a person where one is there, and remembers what was shown. */
final class OneApproval {
  private final ApproveOptions options;
  private final CliEnvironment environment;
  private final ApprovalDialog dialog;
  private final boolean asks;
  private Optional<ApprovalPlan> shown = Optional.empty();

  OneApproval(ApproveOptions options, CliEnvironment environment, ApprovalDialog dialog) {
    this.options = options;
    this.environment = environment;
    this.dialog = dialog;
    this.asks = options.expectKeys.isEmpty() && !options.yes && dialog.canAsk();
  }

  Map<String, Object> of(CertificateAuthority authority, Path zip) {
    ApprovalFields fields = new ApprovalFields(authority);
    if (!options.jobCa) {
      return of(authority.approve(zip), fields, fields::approved);
    }
    JobCaApproving approving = authority.approveJobCa(zip);
    if (options.acceptJobCaRisk) {
      approving.acceptRisk();
    }
    return of(approving, fields, fields::approved);
  }

  private <T extends SingleApproval<T, R>, R> Map<String, Object> of(
      T approving, ApprovalFields fields, BiFunction<ApprovalPlan, R, Map<String, Object>> answer) {
    options.applyToOne(approving, environment);
    if (asks) {
      approving.askBeforeSigning(dialog::agreed);
    }
    Optional<Path> target = options.out.map(environment::resolve);
    if (options.dryRun) {
      return fields.plan(target.isPresent() ? approving.plan(target.get()) : approving.plan());
    }
    approving.beforeSigning(this::review);
    R approval = target.isPresent() ? approving.writeTo(target.get()) : approving.write();
    return answer.apply(shown.orElseThrow(), approval);
  }

  private void review(ApprovalPlan plan) {
    shown = Optional.of(plan);
    if (!asks) {
      dialog.show(plan);
      dialog.warnOfUncompared(options.expectKeys.isEmpty() ? List.of(plan) : List.of());
    }
  }
}
