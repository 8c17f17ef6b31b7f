// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.NameRule;
import java.util.LinkedHashMap;
import java.util.Map;

/** The server of a job CA, as requests, approvals and ledgers write it. */
final class JobCaServerFields {
  private JobCaServerFields() {}

  static Map<String, Object> write(JobCaServer server) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", server.name());
    document.put("request_id", server.requestId());
    document.put("public_key_sha256", server.publicKey().hex());
    return document;
  }

  static JobCaServer read(Fields server) {
    return Recoding.as(
        server.code(),
        () ->
            new JobCaServer(
                server.text("name", NameRule.SERVER),
                server.text("request_id", NameRule.REQUEST_ID),
                new KeyFingerprint(server.text("public_key_sha256"))));
  }
}
