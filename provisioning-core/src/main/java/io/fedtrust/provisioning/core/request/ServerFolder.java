// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.request;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.document.RequestDocument;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.core.x509.SigningRequest;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.RequestMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;

/**
 * The request folder of a server: what it asked for and with which key.
 *
 * @param path of the folder
 * @param request what it asked for
 * @param key the server's private key
 * @param csr its signing request, which has the public key
 */
record ServerFolder(Path path, RequestMetadata request, PrivateKey key, SigningRequest csr) {

  /** Reads a folder, or refuses it. */
  static ServerFolder read(Path folder, Jca jca) {
    if (!Files.isDirectory(folder)) {
      throw refuse(ErrorCode.REQUEST_DIR_NOT_FOUND, folder.toString())
          .problem("there is no such folder")
          .build();
    }
    requireFile(folder, "request.json");
    RequestMetadata request =
        RequestDocument.read(
            DocumentFiles.json(folder.resolve("request.json"), ErrorCode.INVALID_ARGS));
    if (request.certType() != CertType.SERVER) {
      throw refuse(ErrorCode.INVALID_ARGS, folder.toString())
          .problem("is the request folder of a " + request.certType().text() + ", not of a server")
          .hint("Only a server has a job CA.")
          .build();
    }
    requireFile(folder, request.name() + ".key");
    requireFile(folder, request.name() + ".csr");
    SigningRequest csr = SigningRequest.read(bytes(folder, request.name() + ".csr"), jca);
    PrivateKey key = key(folder, request.name() + ".key", jca);
    boolean same =
        KeyFiles.belongs(key, csr.publicKey())
            && csr.publicKeySha256().equals(request.publicKeySha256());
    if (!same) {
      throw refuse(ErrorCode.KEY_CERT_MISMATCH, folder.toString())
          .problem("does not hold the key that request.json and the CSR name")
          .hint("Use the complete folder that 'cert request' made.")
          .build();
    }
    return new ServerFolder(folder, request, key, csr);
  }

  private static void requireFile(Path folder, String file) {
    if (!Files.isRegularFile(folder.resolve(file), LinkOption.NOFOLLOW_LINKS)) {
      throw refuse(ErrorCode.REQUEST_DIR_INCOMPLETE, folder.toString())
          .problem("file not found")
          .build();
    }
  }

  private static byte[] bytes(Path folder, String file) {
    try {
      return BoundedFiles.read(folder.resolve(file), BoundedFiles.DOCUMENT_BYTES);
    } catch (IOException e) {
      throw refuse(ErrorCode.REQUEST_DIR_INCOMPLETE, folder.resolve(file).toString())
          .malformed("a file of at most 128 KiB", e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
  }

  private static PrivateKey key(Path folder, String file, Jca jca) {
    byte[] pem = bytes(folder, file);
    try {
      return KeyFiles.decode(pem, new char[0], jca);
    } catch (IOException | GeneralSecurityException e) {
      // No cause: a parser's message could quote the key.
      throw refuse(ErrorCode.KEY_INVALID, folder.resolve(file).toString())
          .malformed("an unencrypted RSA private key in PEM form")
          .build();
    }
  }

  @Override
  public String toString() {
    return "ServerFolder[" + path + ", key=<redacted>]";
  }
}
