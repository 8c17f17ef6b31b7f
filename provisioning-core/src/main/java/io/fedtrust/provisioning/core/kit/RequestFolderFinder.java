// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.spi.AuditStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the folder with the private key of a signed zip. */
final class RequestFolderFinder {
  private final ApprovalMetadata approval;
  private final EngineContext host;

  RequestFolderFinder(ApprovalMetadata approval, EngineContext host) {
    this.approval = approval;
    this.host = host;
  }

  /** Accepts the folder the caller named, or refuses it. */
  Path named(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    if (!Files.isDirectory(absolute)) {
      throw refuse(ErrorCode.REQUEST_DIR_NOT_FOUND, absolute.toString())
          .problem("there is no such folder")
          .build();
    }
    for (String file : List.of("request.json", approval.name() + ".key")) {
      if (!Files.isRegularFile(absolute.resolve(file), LinkOption.NOFOLLOW_LINKS)
          && !Files.isSymbolicLink(absolute.resolve(file))) {
        throw refuse(ErrorCode.REQUEST_DIR_INCOMPLETE, absolute.toString())
            .problem("has no " + file + ", so it is no complete request folder")
            .build();
      }
    }
    if (!isReal(absolute)) {
      throw refuse(ErrorCode.REQUEST_DIR_MISMATCH, absolute.toString())
          .problem("there is a symbolic link in this path")
          .build();
    }
    if (!isOfThisRequest(absolute)) {
      throw refuse(ErrorCode.REQUEST_DIR_MISMATCH, absolute.toString())
          .problem(
              "does not hold request_id "
                  + approval.requestId()
                  + ": it has another request, or an unreadable request.json")
          .build();
    }
    return absolute;
  }

  /** Looks in the audit records, then beside the signed zip. */
  Path discovered(Path signedZip) {
    List<Path> candidates = new ArrayList<>();
    host.audit()
        .map((AuditStore store) -> store.requestFolders(approval.requestId()))
        .ifPresent(candidates::addAll);
    Path beside = signedZip.toAbsolutePath().normalize().getParent();
    if (beside != null) {
      candidates.add(beside);
      candidates.add(beside.resolve(approval.name()));
      if (beside.getParent() != null) {
        candidates.add(beside.getParent().resolve(approval.name()));
      }
    }
    return candidates.stream()
        .map(Path::toAbsolutePath)
        .map(Path::normalize)
        .filter(this::isUsable)
        .findFirst()
        .orElseThrow(
            () ->
                refuse(ErrorCode.REQUEST_DIR_NOT_FOUND, "request folder of " + approval.name())
                    .problem("not found in the audit records or beside the signed zip")
                    .exitStatus(1)
                    .build());
  }

  private boolean isUsable(Path folder) {
    return Files.isDirectory(folder)
        && isReal(folder)
        && Files.isRegularFile(folder.resolve(approval.name() + ".key"), LinkOption.NOFOLLOW_LINKS)
        && isOfThisRequest(folder);
  }

  private static boolean isReal(Path folder) {
    try {
      return folder.toRealPath().equals(folder);
    } catch (IOException e) {
      return false;
    }
  }

  private boolean isOfThisRequest(Path folder) {
    try {
      byte[] json = BoundedFiles.read(folder.resolve("request.json"), BoundedFiles.DOCUMENT_BYTES);
      return approval.requestId().equals(Json.readObject(json).get("request_id"));
    } catch (IOException e) {
      return false;
    }
  }
}
