package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Flavor;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.policy.Target;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How much of what projects used in a time: os-simple-tenant-usage. */
final class UsageOperations implements OperationGroup {
    private static final String U = ComputePolicy.P + "os-simple-tenant-usage:";

    private final ServerStore servers;
    private final Clock clock;

    UsageOperations(ServerStore servers, Clock clock) {
        this.servers = servers;
        this.clock = clock;
    }

    @Override
    public List<Operation> operations() {
        List<Param> params =
                List.of(
                        Param.time("start", "From when; four weeks ago where it is not given."),
                        Param.time("end", "Until when; now where it is not given."),
                        Param.text("detailed", "1: with each server."),
                        Param.integer("limit", "Means nothing: the answer is never cut."),
                        Param.text("marker", "Of a page after the only one (2.40)."));
        return List.of(
                Operation.get("/os-simple-tenant-usage")
                        .policy(U + "list")
                        .doc("The usage of all projects.")
                        .params(params)
                        .anyParamBefore("2.75")
                        .reads(this::list),
                Operation.get("/os-simple-tenant-usage/{project_id}")
                        .policyByHandler(U + "show")
                        .doc("The usage of one project.")
                        .params(params)
                        .anyParamBefore("2.75")
                        .reads(this::show));
    }

    private record Span(Instant from, Instant to) {}

    private Span span(Call call) {
        Instant now = clock.instant();
        Instant to = call.query().text("end").map(Times::parse).orElse(now);
        Instant from =
                call.query().text("start").map(Times::parse).orElse(now.minus(Duration.ofDays(28)));
        if (from.isAfter(to)) {
            throw Failure.badRequest(
                    "Invalid start time. The start time cannot occur after the end time.");
        }
        return new Span(from, to);
    }

    private Object list(Call call, Tx tx) {
        Span span = span(call);
        if (call.query().has("marker")) {
            return Map.of("tenant_usages", List.of());
        }
        Map<String, List<Server>> byProject = new TreeMap<>();
        for (Server server : servers.existedBetween(tx, Optional.empty(), span.from(), span.to())) {
            byProject.computeIfAbsent(server.project().value(), p -> new ArrayList<>()).add(server);
        }
        boolean detailed = call.query().text("detailed").filter("1"::equals).isPresent();
        List<Object> all = new ArrayList<>();
        byProject.forEach((project, its) -> all.add(usage(project, its, span, detailed)));
        return Map.of("tenant_usages", all);
    }

    private Object show(Call call, Tx tx) {
        ProjectId project = new ProjectId(call.path("project_id"));
        call.authorize(Target.ownedBy(project));
        Span span = span(call);
        List<Server> its =
                call.query().has("marker")
                        ? List.of()
                        : servers.existedBetween(tx, Optional.of(project), span.from(), span.to());
        return Map.of(
                "tenant_usage", its.isEmpty() ? Map.of() : usage(project.value(), its, span, true));
    }

    private Map<String, Object> usage(
            String project, List<Server> its, Span span, boolean detailed) {
        double hours = 0;
        double vcpus = 0;
        double memory = 0;
        double disk = 0;
        List<Object> each = new ArrayList<>();
        for (Server server : its) {
            Flavor.Embedded flavor = Json.read(server.flavorJson(), Flavor.Embedded.class);
            Instant began = latest(server.launchedAt().orElse(server.createdAt()), span.from());
            Instant ended = earliest(server.deletedAt().orElse(span.to()), span.to());
            double used = Math.max(0, Duration.between(began, ended).toMillis() / 3_600_000.0);
            hours += used;
            vcpus += used * flavor.vcpus();
            memory += used * flavor.ram();
            disk += used * (flavor.disk() + flavor.ephemeral());
            if (detailed) {
                each.add(one(server, flavor, used));
            }
        }
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("tenant_id", project);
        view.put("start", Times.micros(span.from()));
        view.put("stop", Times.micros(span.to()));
        view.put("total_hours", hours);
        view.put("total_vcpus_usage", vcpus);
        view.put("total_memory_mb_usage", memory);
        view.put("total_local_gb_usage", disk);
        if (detailed) {
            view.put("server_usages", each);
        }
        return view;
    }

    private Map<String, Object> one(Server server, Flavor.Embedded flavor, double hours) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("instance_id", server.id());
        view.put("name", server.name());
        view.put("tenant_id", server.project().value());
        view.put("flavor", flavor.originalName());
        view.put("hours", hours);
        view.put("vcpus", flavor.vcpus());
        view.put("memory_mb", flavor.ram());
        view.put("local_gb", flavor.disk() + flavor.ephemeral());
        view.put(
                "state",
                server.deletedAt().isPresent() ? "terminated" : server.state().vm().text());
        view.put("started_at", Times.micros(server.launchedAt().orElse(server.createdAt())));
        view.put("ended_at", server.deletedAt().map(Times::micros));
        view.put(
                "uptime",
                Duration.between(
                                server.launchedAt().orElse(server.createdAt()),
                                server.deletedAt().orElse(clock.instant()))
                        .toSeconds());
        return view;
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Instant earliest(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
