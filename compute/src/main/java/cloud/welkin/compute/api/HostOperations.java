package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Guest;
import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.store.AggregateStore;
import cloud.welkin.compute.store.GuestStore;
import cloud.welkin.compute.store.HostStore;
import cloud.welkin.compute.store.Rows;
import cloud.welkin.compute.store.ServerFilter;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.compute.work.ServerLife;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.OneOf;
import cloud.welkin.placement.Allocations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Hosts as operators see them: os-hypervisors, os-services, os-availability-zone. */
final class HostOperations implements OperationGroup {
    private static final String H = ComputePolicy.P + "os-hypervisors:";
    private static final String S = ComputePolicy.P + "os-services:";

    private final HostStore hosts;
    private final AggregateStore aggregates;
    private final ServerStore servers;
    private final GuestStore guests;
    private final Allocations allocations;
    private final ServerLife life;
    private final Clock clock;

    HostOperations(
            HostStore hosts,
            AggregateStore aggregates,
            ServerStore servers,
            GuestStore guests,
            Allocations allocations,
            ServerLife life,
            Clock clock) {
        this.hosts = hosts;
        this.aggregates = aggregates;
        this.servers = servers;
        this.guests = guests;
        this.allocations = allocations;
        this.life = life;
        this.clock = clock;
    }

    record ServiceChange(
            @OneOf({"enabled", "disabled"}) Optional<String> status,
            @Length(min = 1, max = 255) Optional<String> disabledReason,
            Optional<Boolean> forcedDown) {}

    record OldServiceChange(
            String host,
            String binary,
            @Length(min = 1, max = 255) Optional<String> disabledReason) {}

    @Override
    public List<Operation> operations() {
        List<Param> params =
                List.of(
                        Param.integer("limit", "How many at most (2.33)."),
                        Param.text("marker", "The last one of the page before (2.33)."),
                        Param.text("hypervisor_hostname_pattern", "Within the name (2.53)."),
                        Param.bool("with_servers", "Names the servers too (2.53)."));
        return List.of(
                Operation.get("/os-hypervisors")
                        .policy(H + "list")
                        .doc("Lists hosts, briefly.")
                        .params(params)
                        .anyParamBefore("2.75")
                        .reads((call, tx) -> list(call, tx, false)),
                Operation.get("/os-hypervisors/detail")
                        .policy(H + "list-detail")
                        .doc("Lists hosts with all details.")
                        .params(params)
                        .anyParamBefore("2.75")
                        .reads((call, tx) -> list(call, tx, true)),
                Operation.get("/os-hypervisors/statistics")
                        .policy(H + "statistics")
                        .doc("What all hosts have together.")
                        .until("2.87")
                        .anyParam()
                        .reads(this::statistics),
                Operation.get("/os-hypervisors/{hypervisor_id}")
                        .policy(H + "show")
                        .doc("Shows a host.")
                        .params(Param.bool("with_servers", "Names the servers too (2.53)."))
                        .anyParamBefore("2.75")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "hypervisor",
                                                full(
                                                        call,
                                                        tx,
                                                        find(call, tx),
                                                        servers.countByHost(tx),
                                                        true))),
                Operation.get("/os-hypervisors/{hypervisor_id}/uptime")
                        .policy(H + "uptime")
                        .doc("How long a host has been up.")
                        .until("2.87")
                        .anyParam()
                        .reads(
                                (call, tx) -> {
                                    Host host = find(call, tx);
                                    Map<String, Object> view = brief(call, host);
                                    view.put("uptime", uptime(host));
                                    return Map.of("hypervisor", view);
                                }),
                Operation.get("/os-hypervisors/{hypervisor_id}/search")
                        .policy(H + "search")
                        .doc("Hosts with this within their names.")
                        .until("2.52")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "hypervisors",
                                                matching(call, tx).stream()
                                                        .map(host -> brief(call, host))
                                                        .toList())),
                Operation.get("/os-hypervisors/{hypervisor_id}/servers")
                        .policy(H + "servers")
                        .doc("The servers on hosts with this within their names.")
                        .until("2.52")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "hypervisors",
                                                matching(call, tx).stream()
                                                        .map(
                                                                host ->
                                                                        named(
                                                                                tx,
                                                                                host,
                                                                                brief(call, host)))
                                                        .toList())),
                Operation.get("/os-services")
                        .policy(S + "list")
                        .doc("Lists the services on hosts.")
                        .params(
                                Param.text("host", "On this host."),
                                Param.text("binary", "Of this name."))
                        .anyParamBefore("2.75")
                        .reads(this::services),
                Operation.put("/os-services/{service_id}")
                        .policy(S + "update")
                        .doc("Enables or disables a host for new servers, or says that it is dead.")
                        .since("2.53")
                        .body(ServiceChange.class)
                        .writes(this::changeService),
                Operation.put("/os-services/enable")
                        .policy(S + "update")
                        .doc("Enables a host for new servers.")
                        .until("2.52")
                        .body(OldServiceChange.class)
                        .writes((call, tx, body) -> oldChange(call, tx, body, false)),
                Operation.put("/os-services/disable")
                        .policy(S + "update")
                        .doc("Disables a host for new servers.")
                        .until("2.52")
                        .body(OldServiceChange.class)
                        .writes((call, tx, body) -> oldChange(call, tx, body, true)),
                Operation.put("/os-services/disable-log-reason")
                        .policy(S + "update")
                        .doc("Disables a host for new servers and says why.")
                        .until("2.52")
                        .body(OldServiceChange.class)
                        .writes((call, tx, body) -> oldChange(call, tx, body, true)),
                Operation.delete("/os-services/{service_id}")
                        .policy(S + "delete")
                        .doc("Forgets a host that has no servers.")
                        .writes(this::deleteService),
                Operation.get("/os-availability-zone")
                        .policy(ComputePolicy.P + "os-availability-zone:list")
                        .doc("The availability zones.")
                        .anyParam()
                        .reads((call, tx) -> zones(tx, false)),
                Operation.get("/os-availability-zone/detail")
                        .policy(ComputePolicy.P + "os-availability-zone:detail")
                        .doc("The availability zones with their hosts.")
                        .anyParam()
                        .reads((call, tx) -> zones(tx, true)));
    }

    private Object list(Call call, Tx tx, boolean detail) {
        int limit =
                call.query().integer("limit").map(n -> Math.min(n, Rows.MOST)).orElse(Rows.MOST);
        Optional<String> pattern = call.query().text("hypervisor_hostname_pattern");
        List<Host> all =
                hosts.all(tx).stream()
                        .filter(host -> pattern.map(host.name().value()::contains).orElse(true))
                        .toList();
        if (pattern.isPresent() && all.isEmpty()) {
            throw Failure.notFound("No hypervisor matching '%s' could be found.", pattern.get());
        }
        Optional<String> marker = call.query().text("marker");
        if (marker.isPresent()) {
            List<String> ids = all.stream().map(host -> id(call, host)).toList();
            int at = ids.indexOf(marker.get());
            if (at < 0) {
                throw Failure.badRequest("marker [%s] not found", marker.get())
                        .as("MarkerNotFound");
            }
            all = all.subList(at + 1, all.size());
        }
        List<Host> page = all.stream().limit(limit).toList();
        Map<String, Integer> counts = detail ? servers.countByHost(tx) : Map.of();
        Map<String, Object> out = new LinkedHashMap<>();
        out.put(
                "hypervisors",
                page.stream()
                        .map(
                                host ->
                                        detail
                                                ? full(call, tx, host, counts, false)
                                                : withServers(call, tx, host, brief(call, host)))
                        .toList());
        if (call.version().atLeast("2.33") && page.size() < all.size()) {
            List<Links.Link> next =
                    Links.next(call, page.stream().map(host -> id(call, host)).toList(), limit);
            if (!next.isEmpty()) {
                out.put("hypervisors_links", next);
            }
        }
        return out;
    }

    private static String id(Call call, Host host) {
        return call.version().atLeast("2.53")
                ? host.id().toString()
                : Integer.toString(host.number());
    }

    private Map<String, Object> brief(Call call, Host host) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", call.version().atLeast("2.53") ? host.id() : (Object) host.number());
        view.put("hypervisor_hostname", host.name().value());
        view.put("state", host.isUp(clock.instant()) ? "up" : "down");
        view.put("status", host.disabled() ? "disabled" : "enabled");
        return view;
    }

    private List<Host> matching(Call call, Tx tx) {
        String pattern = call.path("hypervisor_id");
        List<Host> found =
                hosts.all(tx).stream()
                        .filter(host -> host.name().value().contains(pattern))
                        .toList();
        if (found.isEmpty()) {
            throw Failure.notFound("No hypervisor matching '%s' could be found.", shorten(pattern));
        }
        return found;
    }

    private Map<String, Object> withServers(Call call, Tx tx, Host host, Map<String, Object> view) {
        boolean wanted =
                call.version().atLeast("2.53") && call.query().bool("with_servers").orElse(false);
        return wanted ? named(tx, host, view) : view;
    }

    /** Names the servers on the host, if it has any, as Nova does. */
    private Map<String, Object> named(Tx tx, Host host, Map<String, Object> view) {
        List<Server> on = servers.list(tx, new ServerFilter().host(host.name().value()));
        if (!on.isEmpty()) {
            view.put(
                    "servers",
                    on.stream()
                            .map(
                                    server ->
                                            Map.of(
                                                    "name",
                                                    server.instanceName(),
                                                    "uuid",
                                                    server.id()))
                            .toList());
        }
        return view;
    }

    private Map<String, Object> full(
            Call call, Tx tx, Host host, Map<String, Integer> counts, boolean single) {
        Map<String, Object> view = brief(call, host);
        view.put("host_ip", host.facts().address());
        view.put("hypervisor_type", host.facts().hypervisorType());
        view.put("hypervisor_version", host.facts().engineVersion());
        Map<String, Object> service = new LinkedHashMap<>();
        service.put(
                "id", call.version().atLeast("2.53") ? host.serviceId() : (Object) host.number());
        service.put("host", host.name().value());
        service.put("disabled_reason", host.disabledReason());
        view.put("service", service);
        if (call.version().atLeast("2.88")) {
            view.put("uptime", uptime(host));
            return withServers(call, tx, host, view);
        }
        Map<String, Long> used = allocations.usage(tx, host.name());
        long ram = used.getOrDefault("MEMORY_MB", 0L);
        long disk = used.getOrDefault("DISK_GB", 0L);
        view.put("vcpus", host.facts().vcpus());
        view.put("vcpus_used", used.getOrDefault("VCPU", 0L));
        view.put("memory_mb", host.facts().memoryMib());
        view.put("memory_mb_used", ram);
        view.put("free_ram_mb", host.facts().memoryMib() - ram);
        view.put("local_gb", host.facts().diskGib());
        view.put("local_gb_used", disk);
        view.put("free_disk_gb", host.facts().diskGib() - disk);
        view.put("disk_available_least", host.facts().diskFreeGib());
        view.put("running_vms", counts.getOrDefault(host.name().value(), 0));
        view.put("current_workload", 0);
        Map<String, Object> cpu = Map.of("model", host.facts().cpuModel(), "arch", "x86_64");
        view.put(
                "cpu_info",
                call.version().atLeast("2.28")
                        ? cpu
                        : (Object) cloud.welkin.kernel.json.Json.text(cpu));
        return withServers(call, tx, host, view);
    }

    private String uptime(Host host) {
        Instant now = clock.instant();
        Duration up = Duration.between(host.facts().startedAt(), now);
        return String.format(
                java.util.Locale.ROOT,
                " %s up %d days, %02d:%02d",
                Times.seconds(now).substring(11, 19),
                up.toDays(),
                up.toHoursPart(),
                up.toMinutesPart());
    }

    private Object statistics(Call call, Tx tx) {
        Map<String, Long> sum = new LinkedHashMap<>();
        Map<String, Integer> counts = servers.countByHost(tx);
        List<Host> all = hosts.all(tx).stream().filter(host -> !host.disabled()).toList();
        for (String name :
                List.of(
                        "count",
                        "vcpus",
                        "vcpus_used",
                        "memory_mb",
                        "memory_mb_used",
                        "free_ram_mb",
                        "local_gb",
                        "local_gb_used",
                        "free_disk_gb",
                        "disk_available_least",
                        "running_vms",
                        "current_workload")) {
            sum.put(name, 0L);
        }
        for (Host host : all) {
            Map<String, Long> used = allocations.usage(tx, host.name());
            long ram = used.getOrDefault("MEMORY_MB", 0L);
            long disk = used.getOrDefault("DISK_GB", 0L);
            sum.merge("count", 1L, Long::sum);
            sum.merge("vcpus", (long) host.facts().vcpus(), Long::sum);
            sum.merge("vcpus_used", used.getOrDefault("VCPU", 0L), Long::sum);
            sum.merge("memory_mb", host.facts().memoryMib(), Long::sum);
            sum.merge("memory_mb_used", ram, Long::sum);
            sum.merge("free_ram_mb", host.facts().memoryMib() - ram, Long::sum);
            sum.merge("local_gb", host.facts().diskGib(), Long::sum);
            sum.merge("local_gb_used", disk, Long::sum);
            sum.merge("free_disk_gb", host.facts().diskGib() - disk, Long::sum);
            sum.merge("disk_available_least", host.facts().diskFreeGib(), Long::sum);
            sum.merge("running_vms", (long) counts.getOrDefault(host.name().value(), 0), Long::sum);
        }
        return Map.of("hypervisor_statistics", sum);
    }

    private Host find(Call call, Tx tx) {
        String wanted = call.path("hypervisor_id");
        return hosts.all(tx).stream()
                .filter(host -> id(call, host).equals(wanted))
                .findFirst()
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                                "Compute host %s could not be found.",
                                                wanted.length() > 100 ? "" : wanted)
                                        .as("ComputeHostNotFound"));
    }

    private Object services(Call call, Tx tx) {
        Optional<String> host = call.query().text("host");
        boolean ours = call.query().text("binary").map("nova-compute"::equals).orElse(true);
        return Map.of(
                "services",
                hosts.all(tx).stream()
                        .filter(one -> ours && host.map(one.name().value()::equals).orElse(true))
                        .map(one -> service(call, one))
                        .toList());
    }

    private Map<String, Object> service(Call call, Host host) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", call.version().atLeast("2.53") ? host.serviceId() : (Object) host.number());
        view.put("binary", "nova-compute");
        view.put("host", host.name().value());
        view.put("zone", host.zone());
        view.put("status", host.disabled() ? "disabled" : "enabled");
        view.put("state", host.isUp(clock.instant()) ? "up" : "down");
        Instant updated =
                host.updatedAt().filter(at -> at.isAfter(host.seenAt())).orElse(host.seenAt());
        view.put("updated_at", Times.micros(updated));
        view.put("disabled_reason", host.disabledReason());
        if (call.version().atLeast("2.11")) {
            view.put("forced_down", host.forcedDown());
        }
        return view;
    }

    private Object changeService(Call call, Tx tx, ServiceChange change) {
        Host host = service(call, tx);
        Instant now = clock.instant();
        if (change.disabledReason().isPresent()
                && !change.status().map("disabled"::equals).orElse(false)) {
            throw Failure.badRequest(
                    "Specifying disabled_reason requires that status is set to disabled.");
        }
        change.status()
                .ifPresent(
                        status ->
                                hosts.setDisabled(
                                        tx,
                                        host.name(),
                                        status.equals("disabled"),
                                        change.disabledReason(),
                                        now));
        change.forcedDown().ifPresent(down -> forceDown(tx, host, down, now));
        return Map.of("service", service(call, hosts.find(tx, host.name()).orElse(host)));
    }

    /**
     * The operator's word that the host is dead: what waited for its last word about a guest's end
     * waits no more.
     */
    private void forceDown(Tx tx, Host host, boolean down, Instant now) {
        hosts.setForcedDown(tx, host.name(), down, now);
        if (down) {
            for (UUID id : guests.absentOn(tx, host.name())) {
                Optional<Server> server = servers.lock(tx, id);
                Optional<Guest> guest = guests.find(tx, id);
                if (server.isPresent() && guest.isPresent()) {
                    life.gone(tx, server.get(), "", now);
                }
            }
        }
    }

    private Object oldChange(Call call, Tx tx, OldServiceChange change, boolean disable) {
        Host host =
                hosts.find(tx, new HostName(change.host()))
                        .filter(found -> change.binary().equals("nova-compute"))
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                        "Could not find binary %s on host %s.",
                                                        shorten(change.binary()),
                                                        shorten(change.host()))
                                                .as("HostBinaryNotFound"));
        hosts.setDisabled(tx, host.name(), disable, change.disabledReason(), clock.instant());
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("host", change.host());
        view.put("binary", change.binary());
        view.put("status", disable ? "disabled" : "enabled");
        change.disabledReason().ifPresent(reason -> view.put("disabled_reason", reason));
        return Map.of("service", view);
    }

    private Object deleteService(Call call, Tx tx, Object nothing) {
        Host host = service(call, tx);
        if (servers.countByHost(tx).containsKey(host.name().value())) {
            throw Failure.conflict(
                    "Unable to delete compute service that is hosting instances. Delete or migrate"
                            + " the instances first.");
        }
        hosts.delete(tx, host.name());
        aggregates.forget(tx, host.name());
        allocations.provide(tx, host.name(), Map.of());
        return Reply.empty();
    }

    private Host service(Call call, Tx tx) {
        String id = call.path("service_id");
        return hosts.all(tx).stream()
                .filter(
                        host ->
                                call.version().atLeast("2.53")
                                        ? host.serviceId().toString().equals(id)
                                        : Integer.toString(host.number()).equals(id))
                .findFirst()
                .orElseThrow(
                        () ->
                                Failure.notFound("Service %s not found.", shorten(id))
                                        .as("ServiceNotFound"));
    }

    private Object zones(Tx tx, boolean detail) {
        Map<String, Map<String, Object>> byZone = new TreeMap<>();
        Map<String, Boolean> available = new TreeMap<>();
        Instant now = clock.instant();
        for (Host host : hosts.all(tx)) {
            Map<String, Object> state = new LinkedHashMap<>();
            state.put("active", !host.disabled());
            state.put("available", host.isUp(now));
            state.put("updated_at", Times.micros(host.seenAt()));
            byZone.computeIfAbsent(host.zone(), zone -> new TreeMap<>())
                    .put(host.name().value(), Map.of("nova-compute", state));
            available.merge(host.zone(), !host.disabled(), Boolean::logicalOr);
        }
        return Map.of(
                "availabilityZoneInfo",
                byZone.entrySet().stream()
                        .map(
                                entry -> {
                                    Map<String, Object> zone = new LinkedHashMap<>();
                                    zone.put("zoneName", entry.getKey());
                                    zone.put(
                                            "zoneState",
                                            Map.of(
                                                    "available",
                                                    available.getOrDefault(entry.getKey(), false)));
                                    zone.put(
                                            "hosts",
                                            detail ? entry.getValue() : (Object) Optional.empty());
                                    return zone;
                                })
                        .toList());
    }

    private static String shorten(String text) {
        return text.length() > 100 ? text.substring(0, 100) : text;
    }
}
