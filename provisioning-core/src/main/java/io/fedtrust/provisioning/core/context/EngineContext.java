// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.context;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.account.AccountFolder;
import io.fedtrust.provisioning.core.io.ChangeKind;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.io.FileSet;
import io.fedtrust.provisioning.core.io.HmacKey;
import io.fedtrust.provisioning.core.io.InterruptedChange;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.PrintableText;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.spi.AuditStore;
import io.fedtrust.provisioning.spi.StartupKitBuilder;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The surroundings of every operation.
 *
 * @param jca algorithms
 * @param clock the present
 * @param output everything that writes
 * @param account what this account remembers
 * @param audit where records go, if anywhere
 * @param kitBuilders local customizations of kits
 * @param warnings hears what does not stop an operation
 * @param sharedByGroup whether the members of a group write to the same files
 */
public record EngineContext(
    Jca jca,
    Clock clock,
    FileOutput output,
    AccountFolder account,
    Optional<AuditStore> audit,
    List<StartupKitBuilder> kitBuilders,
    Consumer<String> warnings,
    boolean sharedByGroup) {
  /** Surroundings in which files belong to this account alone. */
  public EngineContext(
      Jca jca,
      Clock clock,
      FileOutput output,
      AccountFolder account,
      Optional<AuditStore> audit,
      List<StartupKitBuilder> kitBuilders,
      Consumer<String> warnings) {
    this(jca, clock, output, account, audit, kitBuilders, warnings, false);
  }

  /** Returns the same surroundings for a folder that a group shares. */
  public EngineContext forGroup() {
    return new EngineContext(jca, clock, output, account, audit, kitBuilders, warnings, true);
  }

  /** Returns the mode of a file that those who share a folder append to. */
  public FileMode sharedFile() {
    return sharedByGroup ? FileMode.GROUP_FILE : FileMode.OWNER_FILE;
  }

  /** Returns the present in whole seconds, as certificates and documents write it. */
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /** Returns locks whose steps go through the output. */
  public FileLocks locks() {
    FileLocks locks = new FileLocks(output);
    return sharedByGroup ? locks.sharedByGroup() : locks;
  }

  /** Returns this account's key for its own journals and hints. */
  public HmacKey key() {
    return new HmacKey(account::key);
  }

  /** Starts a change of several files; says so once if a crash could not be recovered from. */
  public FileSet change(ChangeKind kind, String subject, Path folder) {
    account.warnIfMissing(this::warn);
    return new FileSet(output, key(), kind, subject, folder);
  }

  /** Looks for an interrupted change in a CA folder or request folder. */
  public Optional<InterruptedChange> interrupted(Path folder) {
    return InterruptedChange.in(folder, output, key());
  }

  /** Looks for an interrupted change of one kind. */
  public Optional<InterruptedChange> interrupted(Path folder, Path journal) {
    return InterruptedChange.at(folder, journal, output, key());
  }

  /** Tells the caller something that does not stop the operation; text from others is escaped. */
  public void warn(String text) {
    warnings.accept(PrintableText.escape(text));
  }

  /** An action of an audit store. */
  @FunctionalInterface
  public interface AuditAction {
    /** Writes a record and returns where. */
    Path write(AuditStore store) throws IOException;
  }

  /** Keeps an audit record, best effort: a failure is a warning. */
  public Optional<Path> audit(AuditAction action) {
    if (audit.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(action.write(audit.get()));
    } catch (IOException e) {
      warn("audit record not written: " + reason(e));
    } catch (ProvisioningException e) {
      warn("audit record not written: " + e.problem());
    }
    return Optional.empty();
  }

  /** Makes the refusal for a path that could not be written. */
  public static ProvisioningException notWritable(Path path, IOException cause) {
    return refuse(ErrorCode.OUTPUT_DIR_NOT_WRITABLE, path.toString())
        .problem("cannot be written: " + reason(cause))
        .cause(cause)
        .build();
  }

  /** What the JDK says of a file is often its name alone. */
  private static String reason(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    return failure instanceof FileSystemException of && of.getReason() != null
        ? of.getReason()
        : failure.getClass().getSimpleName();
  }
}
