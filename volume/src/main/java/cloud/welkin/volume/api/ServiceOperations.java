package cloud.welkin.volume.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.volume.domain.VolumeType;
import cloud.welkin.volume.store.VolumeSearch;
import cloud.welkin.volume.store.VolumeTable;
import cloud.welkin.volume.store.VolumeTable.Host;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What keeps the volumes: services, zones, pools; and the extensions, which are all part of the API
 * by now.
 */
public final class ServiceOperations implements OperationGroup {
    /** A host that has said nothing for so long is down (Cinder's service_down_time). */
    private static final Duration DOWN = Duration.ofSeconds(60);

    private final VolumeTable volumes;
    private final String zone;
    private final Clock clock;

    public ServiceOperations(VolumeTable volumes, String zone, Clock clock) {
        this.volumes = volumes;
        this.zone = zone;
        this.clock = clock;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/os-services")
                        .policy("volume_extension:services:index")
                        .anyParam()
                        .doc(
                                "The volume services: one scheduler, and each host that keeps volumes.")
                        .reads(this::services),
                Operation.get("/os-availability-zone")
                        .policy("volume:availability_zone_list")
                        .doc("The availability zones.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "availabilityZoneInfo",
                                                List.of(
                                                        Map.of(
                                                                "zoneName",
                                                                zone,
                                                                "zoneState",
                                                                Map.of("available", true))))),
                Operation.get("/scheduler-stats/get_pools")
                        .policy("scheduler_extension:scheduler_stats:get_pools")
                        .anyParam()
                        .doc("The space that hosts have for volumes.")
                        .reads(this::pools),
                Operation.get("/os-hosts")
                        .policy("volume_extension:hosts")
                        .anyParam()
                        .doc("The hosts that keep volumes.")
                        .reads(this::hosts),
                Operation.get("/os-hosts/{host}")
                        .policy("volume_extension:hosts")
                        .doc("What a host keeps, in all and by project.")
                        .reads(this::host),
                Operation.get("/capabilities/{host}")
                        .policy("volume_extension:capabilities")
                        .doc("What a host's storage can do.")
                        .reads(this::hostCapabilities),
                Operation.get("/resource_filters")
                        .policy("volume:get_all")
                        .since("3.33")
                        .anyParam()
                        .doc("By what lists can be narrowed.")
                        .reads((call, tx) -> filters(call)),
                Operation.get("/extensions")
                        .policy("volume:extensions")
                        .doc("No extension is separate from the API.")
                        .reads((call, tx) -> Map.of("extensions", List.of())));
    }

    private Object services(Call call, Tx tx) {
        List<Map<String, @Nullable Object>> services = new ArrayList<>();
        services.add(service("cinder-scheduler", "welkin", "up", Times.micros(clock.instant())));
        for (Host host : volumes.hosts(tx)) {
            boolean up = host.seenAt().isAfter(clock.instant().minus(DOWN));
            services.add(
                    service(
                            "cinder-volume",
                            host.name() + "@local",
                            up ? "up" : "down",
                            Times.micros(host.seenAt())));
        }
        return Map.of(
                "services",
                services.stream()
                        .filter(
                                it ->
                                        call.query()
                                                .text("binary")
                                                .map(wanted -> wanted.equals(it.get("binary")))
                                                .orElse(true))
                        .filter(
                                it ->
                                        call.query()
                                                .text("host")
                                                .map(wanted -> isOn(wanted, it.get("host")))
                                                .orElse(true))
                        .toList());
    }

    /** A host is named with its backend or without. */
    private static boolean isOn(String wanted, @Nullable Object host) {
        String name = String.valueOf(host);
        return name.equals(wanted) || name.startsWith(wanted + "@");
    }

    private Map<String, @Nullable Object> service(
            String binary, String host, String state, String seen) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("binary", binary);
        view.put("host", host);
        view.put("zone", zone);
        view.put("status", "enabled");
        view.put("state", state);
        view.put("updated_at", seen);
        view.put("disabled_reason", null);
        return view;
    }

    private Object hosts(Call call, Tx tx) {
        List<Map<String, @Nullable Object>> hosts = new ArrayList<>();
        hosts.add(hostLine("welkin", "cinder-scheduler", true, clock.instant()));
        for (Host host : volumes.hosts(tx)) {
            boolean up = host.seenAt().isAfter(clock.instant().minus(DOWN));
            hosts.add(hostLine(host.name() + "@local", "cinder-volume", up, host.seenAt()));
        }
        return Map.of("hosts", hosts);
    }

    private Map<String, @Nullable Object> hostLine(
            String name, String service, boolean up, Instant seen) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("host_name", name);
        view.put("service", service);
        view.put("service-status", up ? "available" : "unavailable");
        view.put("service-state", "enabled");
        view.put("zone", zone);
        view.put("last-update", Times.micros(seen));
        return view;
    }

    private Object host(Call call, Tx tx) {
        Host host = named(call, tx);
        List<Object> resources = new ArrayList<>();
        long count = 0;
        long gib = 0;
        long snapshotCount = 0;
        long snapshotGib = 0;
        for (VolumeTable.Kept kept : volumes.kept(tx, host.name())) {
            count += kept.volumes();
            gib += kept.volumesGib();
            snapshotCount += kept.snapshots();
            snapshotGib += kept.snapshotsGib();
            resources.add(
                    resource(
                            host,
                            kept.project(),
                            kept.volumes(),
                            kept.volumesGib(),
                            kept.snapshots(),
                            kept.snapshotsGib()));
        }
        resources.addFirst(resource(host, "(total)", count, gib, snapshotCount, snapshotGib));
        return Map.of("host", resources);
    }

    private static Object resource(
            Host host, String project, long volumes, long gib, long snapshots, long snapshotGib) {
        return Map.of(
                "resource",
                Map.of(
                        "host", host.name() + "@local",
                        "project", project,
                        "volume_count", Long.toString(volumes),
                        "total_volume_gb", Long.toString(gib),
                        "snapshot_count", Long.toString(snapshots),
                        "total_snapshot_gb", Long.toString(snapshotGib)));
    }

    private Object hostCapabilities(Call call, Tx tx) {
        Host host = named(call, tx);
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("namespace", "OS::Storage::Capabilities::" + host.name());
        view.put("vendor_name", VolumeType.OFFERED.get("vendor_name"));
        view.put("volume_backend_name", VolumeType.OFFERED.get("volume_backend_name"));
        view.put("pool_name", "local");
        view.put("driver_version", "1.0");
        view.put("storage_protocol", VolumeType.OFFERED.get("storage_protocol"));
        view.put("display_name", "Capabilities of the host's own disk");
        view.put("description", "Sparse raw files on the host");
        view.put("visibility", "public");
        view.put("replication_targets", List.of());
        view.put("properties", Map.of());
        return view;
    }

    private Host named(Call call, Tx tx) {
        String name = call.path("host");
        int at = name.indexOf('@');
        String bare = at < 0 ? name : name.substring(0, at);
        return volumes.hosts(tx).stream()
                .filter(host -> host.name().equals(bare))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("Host '%s' could not be found.", name));
    }

    private static Object filters(Call call) {
        return Map.of(
                "resource_filters",
                Map.of(
                                "volume", VolumeSearch.volumeFilterNames(),
                                "snapshot", VolumeSearch.snapshotFilterNames(),
                                "transfer", List.of("name"),
                                "message",
                                        List.of(
                                                "resource_uuid",
                                                "resource_type",
                                                "event_id",
                                                "request_id",
                                                "message_level"))
                        .entrySet()
                        .stream()
                        .sorted(Map.Entry.comparingByKey())
                        .filter(
                                it ->
                                        call.query()
                                                .text("resource")
                                                .map(it.getKey()::equals)
                                                .orElse(true))
                        .map(it -> Map.of("resource", it.getKey(), "filters", it.getValue()))
                        .toList());
    }

    private Object pools(Call call, Tx tx) {
        boolean detail = call.query().bool("detail").orElse(false);
        return Map.of(
                "pools",
                volumes.hosts(tx).stream()
                        .map(
                                host -> {
                                    Map<String, Object> pool = new LinkedHashMap<>();
                                    pool.put("name", host.name() + "@local#local");
                                    if (detail) {
                                        pool.put("capabilities", capabilities(host));
                                    }
                                    return pool;
                                })
                        .toList());
    }

    private static Map<String, Object> capabilities(Host host) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.putAll(VolumeType.OFFERED);
        view.put("driver_version", "1.0");
        view.put("total_capacity_gb", host.diskGib());
        view.put("free_capacity_gb", host.freeGib());
        view.put("provisioned_capacity_gb", host.volumesGib());
        view.put("allocated_capacity_gb", host.volumesGib());
        view.put("thin_provisioning_support", true);
        view.put("reserved_percentage", 0);
        view.put("QoS_support", false);
        view.put("multiattach", true);
        view.put("timestamp", Times.micros(host.seenAt()));
        return view;
    }
}
