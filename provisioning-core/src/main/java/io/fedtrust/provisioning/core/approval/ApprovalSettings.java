// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import io.fedtrust.provisioning.ApprovalOptions;
import io.fedtrust.provisioning.core.context.SetOnce;
import io.fedtrust.provisioning.core.document.ProfileDocument;
import io.fedtrust.provisioning.model.ProjectProfile;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The options that approvals of one and of many requests have in common.
 *
 * @param <T> the options as a caller sees them
 */
abstract class ApprovalSettings<T extends ApprovalOptions<T>> implements ApprovalOptions<T> {
  private static final Duration DEFAULT_VALIDITY = Duration.ofDays(1095);

  private final SetOnce<ProjectProfile> profile = new SetOnce<>("profile");
  private final SetOnce<Path> profileFile = new SetOnce<>("profile");
  private final SetOnce<Duration> validity = new SetOnce<>("validity");
  private final SetOnce<String> approver = new SetOnce<>("approver");
  private final SetOnce<String> note = new SetOnce<>("note");
  private boolean force;
  private boolean requireExpectedKey;

  abstract T self();

  Duration defaultValidity() {
    return DEFAULT_VALIDITY;
  }

  @Override
  public T against(ProjectProfile federation) {
    requireNoProfile();
    profile.set(federation);
    return self();
  }

  @Override
  public T against(Path file) {
    requireNoProfile();
    profileFile.set(file);
    return self();
  }

  @Override
  public T validFor(Duration duration) {
    validity.set(SetOnce.validity(duration));
    return self();
  }

  @Override
  public T force() {
    force = true;
    return self();
  }

  @Override
  public T requireExpectedKey() {
    requireExpectedKey = true;
    return self();
  }

  @Override
  public T approver(String person) {
    approver.set(Approver.person(person));
    return self();
  }

  @Override
  public T note(String text) {
    note.set(Approver.note(text));
    return self();
  }

  ProjectProfile profile() {
    return profile
        .get()
        .or(() -> profileFile.get().map(ProfileDocument::read))
        .orElseThrow(() -> new IllegalStateException("a profile is required: against(...)"));
  }

  Duration validity() {
    return validity.or(defaultValidity());
  }

  boolean forced() {
    return force;
  }

  boolean requiresExpectedKey(ProjectProfile federation) {
    return requireExpectedKey || federation.requireExpectedKey();
  }

  Approver approver() {
    return new Approver(approver.get().orElseGet(Approver::account), note.get());
  }

  private void requireNoProfile() {
    if (profile.get().isPresent() || profileFile.get().isPresent()) {
      throw new IllegalStateException("profile is already set");
    }
  }
}
