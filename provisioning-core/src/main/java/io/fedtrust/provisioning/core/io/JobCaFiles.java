// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.util.List;

/** What the files of a server's job CA are called, in request folders, zips and kits. */
public final class JobCaFiles {
  /** Its private key. */
  public static final String KEY = "job_ca.key";

  /** Its signing request. */
  public static final String CSR = "job_ca.csr";

  /** Its certificate, and what lies between it and the root. */
  public static final String CERTIFICATE = "job_ca.crt";

  private static final String REQUEST_ZIP = ".jobca.request.zip";
  private static final String SIGNED_ZIP = ".jobca.signed.zip";

  private JobCaFiles() {}

  /** Returns the name of a server's companion request. */
  public static String requestZip(String server) {
    return server + REQUEST_ZIP;
  }

  /** Returns the name of the approval of a server's job CA. */
  public static String signedZip(String server) {
    return server + SIGNED_ZIP;
  }

  /** Returns what a companion request adds to a server's request folder, the key first. */
  public static List<String> ofRequest(String server) {
    return List.of(KEY, CSR, requestZip(server));
  }

  /** Tells whether a file is called like a companion request. */
  public static boolean isRequestZip(String lowerCaseName) {
    return lowerCaseName.endsWith(REQUEST_ZIP);
  }

  /** Tells whether a file is called like the approval of a job CA. */
  public static boolean isSignedZip(String lowerCaseName) {
    return lowerCaseName.endsWith(SIGNED_ZIP);
  }
}
