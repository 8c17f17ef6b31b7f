// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.spi;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.Inspector;
import io.fedtrust.provisioning.JobCaRequestBuilder;
import io.fedtrust.provisioning.RequestBuilder;
import io.fedtrust.provisioning.SignedBundle;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.StartupKitPackager;
import io.fedtrust.provisioning.UntrustedBundle;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import io.fedtrust.provisioning.model.ProjectProfile;
import java.nio.file.Path;
import java.util.List;

/**
 * The implementation behind the verbs. The static factories of {@link CertificateAuthority} and its
 * siblings use the engine found through {@link java.util.ServiceLoader}; a program that wants its
 * own clock, provider or signer makes an engine and calls these methods.
 */
public interface ProvisioningEngine {
  /**
   * Reads a project profile.
   *
   * @param file {@code project_profile.yaml}, at most 128 KiB
   * @return the profile
   */
  ProjectProfile readProfile(Path file);

  /**
   * Reads only the project name of a profile, which is all a new CA needs.
   *
   * @param file {@code project_profile.yaml}, at most 128 KiB
   * @return the project name
   */
  String readProjectName(Path file);

  /**
   * Reads a participant definition.
   *
   * @param file at most 128 KiB
   * @return the definition
   */
  ParticipantDefinition readDefinition(Path file);

  /**
   * Starts making a CA.
   *
   * @param project project name
   * @return the options
   */
  CertificateAuthority.Creation createAuthority(String project);

  /**
   * Opens a CA.
   *
   * @param caFolder the folder made by {@code create} or by NVFlare
   * @return the options
   */
  CertificateAuthority.Opening openAuthority(Path caFolder);

  /**
   * Opens the ledger of a CA folder, without its key.
   *
   * @param caFolder the folder
   * @return its ledger; a folder without one has no entries
   */
  ApprovalLedger ledger(Path caFolder);

  /**
   * Starts a request.
   *
   * @param definition whose
   * @return the options
   */
  RequestBuilder request(ParticipantDefinition definition);

  /**
   * Starts the companion request for a server's job CA.
   *
   * @param requestFolder the server's request folder
   * @return the options
   */
  JobCaRequestBuilder jobCaRequest(Path requestFolder);

  /**
   * Reads a signed zip and verifies its hashes and signature.
   *
   * @param signedZip path ending in {@code .signed.zip}
   * @return the bundle, whose root CA is not trusted yet
   * @see SignedBundle
   */
  UntrustedBundle openBundle(Path signedZip);

  /**
   * Starts packaging.
   *
   * @param bundle a trusted bundle
   * @return the options
   */
  StartupKitPackager packager(SignedBundle bundle);

  /**
   * Opens a startup kit.
   *
   * @param kitFolder the folder with {@code startup/} and {@code local/}
   * @return the kit
   */
  StartupKit openKit(Path kitFolder);

  /**
   * Starts an inspection.
   *
   * @param path a request zip, signed zip, CA folder, request folder or kit
   * @return the options
   */
  Inspector inspect(Path path);

  /**
   * Completes a command of this account that was interrupted, and removes what it left behind.
   *
   * @param folder a CA folder, request folder or workspace project folder
   * @param delete false to only list
   * @return what was, or would be, completed or removed
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code JOURNAL_UNTRUSTED} if
   *     the folder has a journal that this account did not write; nothing is changed then
   */
  List<String> clean(Path folder, boolean delete);

  /**
   * Renames journals that this account did not write to {@code .journal.untrusted-<n>}, so that
   * commands work in the folder again. No other file is changed.
   *
   * @param folder a CA folder, request folder or workspace project folder
   * @return the journals renamed, the staged and backed-up files there, and which private key
   *     belongs to which certificate
   */
  List<String> discardJournals(Path folder);
}
