// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.spi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Keeps a record of requests and approvals outside their folders. Best effort: a failure gives a
 * warning, never a refusal.
 */
public interface AuditStore {
  /**
   * Keeps the record of a request.
   *
   * @param requestId UUID
   * @param record maps, text and null; no key material
   * @return where it was written
   * @throws IOException if it could not be written
   */
  Path request(String requestId, Map<String, Object> record) throws IOException;

  /**
   * Keeps the record of an approval; a later one for the same request replaces it.
   *
   * @param requestId UUID
   * @param record maps, text, numbers and null; no key material
   * @return where it was written
   * @throws IOException if it could not be written
   */
  Path approval(String requestId, Map<String, Object> record) throws IOException;

  /**
   * Finds request folders by the records of a request.
   *
   * @param requestId UUID
   * @return folders, most trusted record first; none if there is no usable record
   */
  List<Path> requestFolders(String requestId);
}
