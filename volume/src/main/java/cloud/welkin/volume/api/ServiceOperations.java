package cloud.welkin.volume.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.volume.store.VolumeTable;
import cloud.welkin.volume.store.VolumeTable.Host;
import java.time.Clock;
import java.time.Duration;
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
                                                .map(wanted -> wanted.equals(it.get("host")))
                                                .orElse(true))
                        .toList());
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
        view.put("volume_backend_name", "local");
        view.put("driver_version", "1.0");
        view.put("storage_protocol", "file");
        view.put("vendor_name", "Welkin");
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
