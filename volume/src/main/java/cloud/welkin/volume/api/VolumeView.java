package cloud.welkin.volume.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Conversion;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.volume.domain.Binding;
import cloud.welkin.volume.domain.Snapshot;
import cloud.welkin.volume.domain.Volume;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Volumes and snapshots as Cinder shows them at the newest version; older ones are made from that
 * by leaving out.
 */
final class VolumeView {
    /** What came to a volume after 3.0, newest first. */
    static final List<Conversion> VOLUME_HISTORY =
            List.of(
                    without("3.65", "consumes_quota"),
                    without("3.63", "volume_type_id"),
                    without("3.61", "cluster_name"),
                    without("3.48", "shared_targets", "service_uuid"),
                    without("3.21", "provider_id"),
                    without("3.13", "group_id"));

    /** The same of a snapshot. */
    static final List<Conversion> SNAPSHOT_HISTORY =
            List.of(
                    without("3.65", "consumes_quota"),
                    without("3.41", "user_id"),
                    without("3.14", "group_snapshot_id"));

    private VolumeView() {}

    private static Conversion without(String since, String... fields) {
        return Conversion.ofAnswer(
                since,
                answer -> {
                    for (JsonNode member : answer) {
                        if (member instanceof ObjectNode one) {
                            one.remove(List.of(fields));
                        } else if (member.isArray()) {
                            for (JsonNode item : member) {
                                if (item instanceof ObjectNode one) {
                                    one.remove(List.of(fields));
                                }
                            }
                        }
                    }
                });
    }

    static Map<String, @Nullable Object> full(Call call, Volume volume, List<Binding> bindings) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("id", volume.id().toString());
        view.put("status", volume.status().word());
        view.put("size", volume.sizeGib());
        view.put("availability_zone", volume.zone());
        view.put("created_at", Times.micros(volume.createdAt()));
        view.put("updated_at", Times.micros(volume.updatedAt()));
        view.put("name", volume.name().orElse(null));
        view.put("description", volume.description().orElse(null));
        view.put("volume_type", volume.typeName());
        view.put("snapshot_id", volume.snapshot().map(Object::toString).orElse(null));
        view.put("source_volid", volume.source().map(Object::toString).orElse(null));
        view.put("metadata", shownMetadata(volume));
        view.put("links", links(call, "volumes", volume.id().toString()));
        view.put("user_id", volume.user());
        view.put("bootable", Boolean.toString(volume.bootable()));
        view.put("encrypted", false);
        view.put("replication_status", null);
        view.put("consistencygroup_id", null);
        view.put("multiattach", volume.multiattach());
        view.put(
                "attachments",
                bindings.stream()
                        .filter(
                                it ->
                                        it.status() == Binding.Status.ATTACHED
                                                || it.status() == Binding.Status.DETACHING)
                        .map(it -> attachment(call, it))
                        .toList());
        view.put("migration_status", null);
        view.put("os-vol-tenant-attr:tenant_id", volume.project());
        view.put("group_id", null);
        view.put("shared_targets", false);
        view.put("service_uuid", null);
        view.put("volume_type_id", volume.type().toString());
        view.put("consumes_quota", true);
        if (!volume.imageMetadata().isEmpty()) {
            view.put("volume_image_metadata", volume.imageMetadata());
        }
        if (call.caller().isAdmin()) {
            view.put(
                    "os-vol-host-attr:host",
                    volume.host().map(host -> host + "@local#local").orElse(null));
            view.put("os-vol-mig-status-attr:migstat", null);
            view.put("os-vol-mig-status-attr:name_id", null);
            view.put("provider_id", null);
            view.put("cluster_name", null);
        }
        return view;
    }

    /** What a request that makes or changes a volume answers: without what Cinder adds for show. */
    static Map<String, @Nullable Object> made(Call call, Volume volume, List<Binding> bindings) {
        Map<String, @Nullable Object> view = full(call, volume, bindings);
        view.keySet().removeIf(key -> key.startsWith("os-vol-"));
        view.remove("volume_image_metadata");
        return view;
    }

    private static Map<String, String> shownMetadata(Volume volume) {
        if (!volume.readOnly()) {
            return volume.metadata();
        }
        Map<String, String> metadata = new LinkedHashMap<>(volume.metadata());
        metadata.put("readonly", "True");
        return metadata;
    }

    private static Map<String, @Nullable Object> attachment(Call call, Binding binding) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("id", binding.volume().toString());
        view.put("attachment_id", binding.id().toString());
        view.put("volume_id", binding.volume().toString());
        view.put("server_id", binding.server().map(Object::toString).orElse(null));
        view.put("host_name", call.caller().isAdmin() ? binding.host().orElse(null) : null);
        view.put("device", binding.device().orElse(null));
        view.put("attached_at", binding.attachedAt().map(Times::micros).orElse(null));
        return view;
    }

    static Map<String, @Nullable Object> brief(Call call, Volume volume) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("id", volume.id().toString());
        view.put("name", volume.name().orElse(null));
        view.put("links", links(call, "volumes", volume.id().toString()));
        return view;
    }

    static Map<String, @Nullable Object> of(Snapshot snapshot) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("id", snapshot.id().toString());
        view.put("name", snapshot.name().orElse(null));
        view.put("description", snapshot.description().orElse(null));
        view.put("volume_id", snapshot.volume().toString());
        view.put("status", snapshot.status());
        view.put("size", snapshot.sizeGib());
        view.put("metadata", snapshot.metadata());
        view.put("created_at", Times.micros(snapshot.createdAt()));
        view.put("updated_at", Times.micros(snapshot.updatedAt()));
        view.put("os-extended-snapshot-attributes:project_id", snapshot.project());
        view.put(
                "os-extended-snapshot-attributes:progress",
                snapshot.status().equals("available") ? "100%" : "0%");
        view.put("user_id", snapshot.user());
        view.put("group_snapshot_id", null);
        view.put("consumes_quota", true);
        return view;
    }

    /** What a request that makes, changes or lists in brief answers: without what show adds. */
    static Map<String, @Nullable Object> made(Snapshot snapshot) {
        Map<String, @Nullable Object> view = of(snapshot);
        view.keySet().removeIf(key -> key.startsWith("os-extended-snapshot-attributes:"));
        return view;
    }

    /** An attachment as the attachments API (3.27) shows it. */
    static Map<String, @Nullable Object> of(Binding binding, Map<String, Object> connection) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("id", binding.id().toString());
        view.put("volume_id", binding.volume().toString());
        view.put("instance", binding.server().map(Object::toString).orElse(null));
        view.put("status", binding.status().word());
        view.put("attach_mode", binding.mode());
        view.put(
                "attached_at",
                binding.attachedAt().map((Instant time) -> Times.micros(time)).orElse(null));
        view.put("detached_at", null);
        view.put("connection_info", connection);
        return view;
    }

    static List<Map<String, String>> links(Call call, String collection, String id) {
        String project =
                call.callerIfAny().flatMap(it -> it.project()).map(it -> it.value()).orElse("");
        return List.of(
                Map.of(
                        "rel",
                        "self",
                        "href",
                        call.origin() + "/volume/v3/" + project + "/" + collection + "/" + id),
                Map.of(
                        "rel",
                        "bookmark",
                        "href",
                        call.origin() + "/volume/" + project + "/" + collection + "/" + id));
    }

    /** The link to the next page, where there may be one. */
    static List<Map<String, String>> next(Call call, String lastId) {
        StringBuilder query = new StringBuilder();
        call.query()
                .values()
                .forEach(
                        (name, values) -> {
                            if (!name.equals("marker")) {
                                values.forEach(
                                        value ->
                                                query.append(encode(name))
                                                        .append('=')
                                                        .append(encode(value))
                                                        .append('&'));
                            }
                        });
        return List.of(
                Map.of(
                        "rel",
                        "next",
                        "href",
                        call.origin() + call.rawPath() + "?" + query + "marker=" + lastId));
    }

    private static String encode(String text) {
        return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
    }
}
