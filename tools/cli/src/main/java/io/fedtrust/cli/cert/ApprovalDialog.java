// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.CliEnvironment;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Question;
import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.BatchApproving;
import java.util.List;

/**
 * Shows a person what is about to be signed.
 *
 * @param environment where the person is
 * @param answer where it is shown
 * @param json whether only a program reads
 */
record ApprovalDialog(CliEnvironment environment, CommandOutput answer, boolean json) {
  /** Tells whether a person can be asked. */
  boolean canAsk() {
    return Question.canBeAsked(environment, json);
  }

  /** Shows a plan and asks. */
  boolean agreed(ApprovalPlan plan) {
    show(plan);
    answer.note(
        "Call the requester and compare the code with the one that 'cert request' printed there.");
    return Question.agreed(environment, "Sign this certificate?");
  }

  void show(ApprovalPlan plan) {
    if (!json) {
      PlanText.lines(plan).forEach(answer::note);
    }
  }

  void show(BatchApproving.Plan plan) {
    if (!json) {
      PlanText.table(plan).forEach(answer::note);
    }
  }

  /** Warns that these keys may be anyone's. */
  void warnOfUncompared(List<ApprovalPlan> plans) {
    if (!plans.isEmpty()) {
      answer.warn(PlanText.uncompared(plans));
    }
  }
}
