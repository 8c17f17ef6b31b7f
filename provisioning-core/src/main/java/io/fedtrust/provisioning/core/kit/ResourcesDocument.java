// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.core.kit.KitRenderer.object;

import io.fedtrust.provisioning.model.Capacity;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code local/resources.json.default}: the components NVFlare's runtime instantiates. */
record ResourcesDocument(Optional<List<String>> allowedClasses) {
  /**
   * The server's job store, relative to its workspace: {@code sub_start.sh} makes the paths
   * absolute, and without it the runtime refuses to start. They name no folder that all servers of
   * a host share.
   */
  static final String JOBS = "storage/jobs";

  Map<String, Object> server() {
    Map<String, Object> resources = common();
    Map<String, Object> server = object("admin_storage", "transfer");
    server.put("max_num_clients", 100);
    server.put("heart_beat_timeout", 600);
    server.put("download_job_url", "http://download.server.com/");
    server.put("admin_timeout", 10.0);
    resources.put("servers", List.of(server));

    Map<String, Object> storageArgs = object("root_dir", "storage/snapshots");
    storageArgs.put("uri_root", "/");
    Map<String, Object> storage =
        object("path", "nvflare.app_common.storages.filesystem_storage.FilesystemStorage");
    storage.put("args", storageArgs);
    Map<String, Object> persistorArgs = object("uri_root", "/");
    persistorArgs.put("storage", storage);
    Map<String, Object> persistor =
        object(
            "path",
            "nvflare.app_common.state_persistors.storage_state_persistor.StorageStatePersistor");
    persistor.put("args", persistorArgs);
    resources.put("snapshot_persistor", persistor);

    Map<String, Object> jobManagerArgs = object("uri_root", JOBS);
    jobManagerArgs.put("job_store_id", "job_store");
    resources.put(
        "components",
        List.of(
            component(
                "job_scheduler",
                "nvflare.app_common.job_schedulers.job_scheduler.DefaultJobScheduler",
                object("max_jobs", 4)),
            component(
                "job_manager",
                "nvflare.apis.impl.job_def_manager.SimpleJobDefManager",
                jobManagerArgs),
            withoutArgs(
                "job_store", "nvflare.app_common.storages.filesystem_storage.FilesystemStorage"),
            component(
                "process_launcher",
                "nvflare.app_common.job_launcher.server_process_launcher.ServerProcessJobLauncher",
                Map.of()),
            component(
                "log_receiver",
                "nvflare.app_common.logging.job_log_receiver.JobLogReceiver",
                Map.of())));
    return resources;
  }

  Map<String, Object> client(Capacity capacity, boolean allowLogStreaming) {
    Map<String, Object> resources = common();
    resources.put("allow_log_streaming", allowLogStreaming);
    Map<String, Object> client = object("retry_timeout", 30);
    client.put("compression", "Gzip");
    resources.put("client", client);
    Map<String, Object> gpus = object("num_of_gpus", capacity.gpus());
    gpus.put("mem_per_gpu_in_GiB", capacity.memoryPerGpuGiB());
    gpus.put("expiration_period", 300);
    resources.put(
        "components",
        List.of(
            component(
                "resource_manager",
                "nvflare.app_common.resource_managers.gpu_resource_manager.GPUResourceManager",
                gpus),
            component(
                "resource_consumer",
                "nvflare.app_common.resource_consumers.gpu_resource_consumer.GPUResourceConsumer",
                Map.of()),
            component(
                "process_launcher",
                "nvflare.app_common.job_launcher.client_process_launcher.ClientProcessJobLauncher",
                Map.of()),
            component(
                "site_log_streamer",
                "nvflare.app_common.logging.site_log_streamer.SiteLogStreamer",
                object("log_file_name", "error_log.txt"))));
    return resources;
  }

  static Map<String, Object> admin() {
    Map<String, Object> admin = object("idle_timeout", 900.0);
    admin.put("login_timeout", 10.0);
    admin.put("with_debug", false);
    admin.put("authenticate_msg_timeout", 2.0);
    admin.put("prompt", "> ");
    Map<String, Object> resources = object("format_version", 1);
    resources.put("admin", admin);
    return resources;
  }

  private Map<String, Object> common() {
    Map<String, Object> resources = object("format_version", 2);
    resources.put("class_list_enforcement_mode", "enforce");
    allowedClasses.ifPresent(list -> resources.put("class_allow_list", list));
    return resources;
  }

  private static Map<String, Object> component(String id, String path, Map<String, Object> args) {
    Map<String, Object> component = withoutArgs(id, path);
    component.put("args", args);
    return component;
  }

  private static Map<String, Object> withoutArgs(String id, String path) {
    Map<String, Object> component = object("id", id);
    component.put("path", path);
    return component;
  }
}
