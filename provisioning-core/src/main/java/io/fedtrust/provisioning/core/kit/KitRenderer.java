// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.ConnectTo;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Participant;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Renders everything of a kit but its credentials. */
final class KitRenderer {
  private static final byte[] LOG_CONFIG = json(SitePolicies.logConfig());
  private static final byte[] PRIVACY = json(SitePolicies.privacySample());

  private final ApprovalMetadata approval;
  private final KitOptions options;
  private final Optional<List<String>> allowedClasses;
  private final Map<String, Object> authorization;
  private final EngineContext host;

  KitRenderer(
      ApprovalMetadata approval,
      KitOptions options,
      Optional<List<String>> allowedClasses,
      Map<String, Object> authorization,
      EngineContext host) {
    this.approval = approval;
    this.options = options;
    this.allowedClasses = allowedClasses;
    this.authorization = authorization;
    this.host = host;
  }

  KitFiles render(Participant participant) {
    KitFiles kit = new KitFiles(participant);
    if (participant instanceof Participant.Server server) {
      server(kit, server);
    } else if (participant instanceof Participant.Client client) {
      client(kit, client);
    } else if (participant instanceof Participant.Admin admin) {
      admin(kit, admin);
    }
    options
        .dockerImage()
        .ifPresent(image -> kit.addScript("startup/docker.sh", docker(participant, image)));
    for (KitOptions.Applied applied : options.custom()) {
      applied.builder().build(kit, applied.args());
    }
    return kit;
  }

  private void server(KitFiles kit, Participant.Server server) {
    ConnectionSecurity security = server.connectionSecurity().orElse(approval.connectionSecurity());
    Map<String, Object> entry = object("name", approval.project());
    entry.put("service", service(server.name(), approval.server().fedLearnPort()));
    entry.put("admin_server", server.name());
    entry.put("admin_port", approval.server().adminPort());
    entry.put("ssl_private_key", "server.key");
    entry.put("ssl_cert", "server.crt");
    entry.put("ssl_root_cert", "rootCA.pem");
    entry.put("connection_security", security.text());
    identities().of(server, entry);
    Map<String, Object> config = startup();
    config.put("servers", List.of(entry));
    kit.add("startup/fed_server.json", json(config));
    Map<String, String> words =
        startWords(server, "nvflare.private.fed.app.server.server_train", "fed_server.json", "");
    words.put("STORAGE", Template.text("storage.part"));
    words.put("BEFORE_ONCE", "  place_storage || exit 1\n");
    words.put("BEFORE_START", "  place_storage || give_up\n");
    scripts(kit, words);
    ResourcesDocument resources = new ResourcesDocument(allowedClasses);
    kit.add("local/resources.json.default", json(resources.server()));
    site(kit);
    kit.add("readme.txt", Template.fill("readme.server.txt", words(server)));
  }

  private void client(KitFiles kit, Participant.Client client) {
    Target target = target(client.connectTo(), approval.server().fedLearnPort());
    Map<String, Object> entry = object("name", approval.project());
    entry.put("service", service(target.host(), target.port()));
    entry.put("identity", approval.server().host());
    Map<String, Object> self = object("ssl_private_key", "client.key");
    self.put("ssl_cert", "client.crt");
    self.put("ssl_root_cert", "rootCA.pem");
    self.put("fqsn", client.name());
    self.put("is_leaf", true);
    self.put("connection_security", approval.connectionSecurity().text());
    identities().of(client, self);
    Map<String, Object> config = startup();
    config.put("servers", List.of(entry));
    config.put("client", self);
    kit.add("startup/fed_client.json", json(config));
    scripts(
        kit,
        startWords(
            client,
            "nvflare.private.fed.app.client.client_train",
            "fed_client.json",
            "uid=" + client.name() + " "));
    ResourcesDocument resources = new ResourcesDocument(allowedClasses);
    kit.add(
        "local/resources.json.default",
        json(resources.client(client.capacity(), client.allowLogStreaming())));
    site(kit);
    kit.add("readme.txt", Template.fill("readme.client.txt", words(client)));
  }

  private void admin(KitFiles kit, Participant.Admin admin) {
    Target target = target(admin.connectTo(), approval.server().adminPort());
    Map<String, Object> entry = object("project_name", approval.project());
    entry.put("username", admin.name());
    entry.put("server_identity", approval.server().host());
    entry.put("scheme", approval.scheme().text());
    entry.put("host", target.host());
    entry.put("port", target.port());
    entry.put("connection_security", approval.connectionSecurity().text());
    entry.put("uid_source", "user_input");
    entry.put("with_file_transfer", true);
    entry.put("upload_dir", "transfer");
    entry.put("download_dir", "transfer");
    entry.put("client_key", "client.key");
    entry.put("client_cert", "client.crt");
    entry.put("ca_cert", "rootCA.pem");
    Map<String, Object> config = object("format_version", 1);
    config.put("admin", entry);
    kit.add("startup/fed_admin.json", json(config));
    kit.addScript("startup/fl_admin.sh", Template.fill("fl_admin.sh", Map.of()));
    kit.add("startup/system_info.ipynb", Template.fill("system_info.ipynb", words(admin)));
    kit.add("startup/readme.txt", Template.fill("readme.admin.txt", words(admin)));
    kit.add("local/resources.json.default", json(ResourcesDocument.admin()));
  }

  private ExpectedIdentities identities() {
    return new ExpectedIdentities(approval.server().host(), host);
  }

  private record Target(String host, int port) {}

  private Target target(Optional<ConnectTo> override, int signedPort) {
    String server = approval.server().host();
    if (override.isEmpty()) {
      return new Target(server, signedPort);
    }
    ConnectTo other = override.get();
    if (other.name().isPresent() && !other.name().get().equals(server)) {
      throw refuse(ErrorCode.BUILD_FAILED, "connect_to.name")
          .expected(server + ", the server")
          .actual(other.name().get())
          .hint("Relays need centralized provisioning.")
          .build();
    }
    Target target = new Target(other.host().orElse(server), other.port().orElse(signedPort));
    if (!target.host().equals(server)) {
      host.warn(
          "connect_to: this kit connects to " + target.host() + " instead of the server's host");
    }
    return target;
  }

  private Map<String, String> startWords(
      Participant participant, String module, String config, String uid) {
    Map<String, String> words = words(participant);
    words.put("STORAGE", "");
    words.put("BEFORE_ONCE", "");
    words.put("BEFORE_START", "");
    words.put("MODULE", module);
    words.put("CONFIG", config);
    words.put("UID", uid);
    words.put("CONFIG_FOLDER", options.configFolder());
    return words;
  }

  private static void scripts(KitFiles kit, Map<String, String> words) {
    kit.addScript("startup/start.sh", Template.fill("start.sh", words));
    kit.addScript("startup/sub_start.sh", Template.fill("sub_start.sh", words));
    kit.addScript("startup/stop_fl.sh", Template.fill("stop_fl.sh", words));
  }

  private void site(KitFiles kit) {
    kit.add("local/log_config.json.default", LOG_CONFIG);
    kit.add("local/authorization.json.default", json(authorization));
    kit.add("local/privacy.json.sample", PRIVACY);
  }

  private byte[] docker(Participant participant, String image) {
    Map<String, String> words = words(participant);
    words.put("DOCKER_IMAGE", image);
    words.put("CONTAINER", participant.name().replace('@', '-'));
    words.put(
        "COMMAND",
        participant instanceof Participant.Admin
            ? "./startup/fl_admin.sh"
            : "./startup/sub_start.sh --once");
    return Template.fill("docker.sh", words);
  }

  private Map<String, String> words(Participant participant) {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("NAME", participant.name());
    words.put("ORG", participant.org());
    words.put("PROJECT", approval.project());
    words.put("ROLE", participant.certType().text());
    return words;
  }

  private Map<String, Object> startup() {
    Map<String, Object> config = object("format_version", 2);
    options.requireSignedJobs().ifPresent(value -> config.put("require_signed_jobs", value));
    return config;
  }

  private Map<String, Object> service(String host, int port) {
    Map<String, Object> service = object("target", host + ":" + port);
    service.put("scheme", approval.scheme().text());
    return service;
  }

  /** The runtime decodes some of these files as ASCII: anything else is escaped. */
  static byte[] json(Map<String, Object> document) {
    byte[] utf8 = Json.write(document);
    String text = new String(utf8, StandardCharsets.UTF_8);
    StringBuilder ascii = new StringBuilder(text.length() + 1);
    text.chars()
        .forEach(
            c -> {
              if (c < 0x80) {
                ascii.append((char) c);
              } else {
                ascii.append(String.format("\\u%04x", c));
              }
            });
    return ascii.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
  }

  static Map<String, Object> object(String key, Object value) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put(key, value);
    return object;
  }
}
