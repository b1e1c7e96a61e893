package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.Pool;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.SubnetRow;
import cloud.welkin.network.store.AvailabilityStore;
import cloud.welkin.network.store.AvailabilityStore.Usage;
import cloud.welkin.network.work.Backbone;
import cloud.welkin.network.work.Backbone.Agent;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What there is to work with: agents, zones, service providers, and addresses in use. */
final class AvailabilityOperations implements OperationGroup {
    record AgentView(
            UUID id,
            String agentType,
            String binary,
            String host,
            String topic,
            boolean adminStateUp,
            boolean alive,
            String createdAt,
            String startedAt,
            String heartbeatTimestamp,
            Optional<String> availabilityZone,
            String description,
            Map<String, Object> configurations,
            Optional<Boolean> resourcesSynced) {}

    record ZoneView(String name, String resource, String state) {}

    record ProviderView(
            String serviceType,
            String name,
            @com.fasterxml.jackson.annotation.JsonProperty("default") boolean isDefault) {}

    record SubnetUse(
            UUID subnetId,
            String subnetName,
            String cidr,
            int ipVersion,
            BigInteger totalIps,
            long usedIps) {}

    record NetworkUse(
            UUID networkId,
            String networkName,
            String tenantId,
            String projectId,
            BigInteger totalIps,
            long usedIps,
            List<SubnetUse> subnetIpAvailability) {}

    private final AvailabilityStore store;
    private final Backbone backbone;

    AvailabilityOperations(AvailabilityStore store, Backbone backbone) {
        this.store = store;
        this.backbone = backbone;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/agents")
                        .policy("get_agents")
                        .anyParam()
                        .replies(AgentView.class)
                        .doc("The parts of the service on the hosts that the caller may see.")
                        .reads(this::agents),
                Operation.get("/agents/{id}")
                        .policy("get_agent")
                        .anyParam()
                        .replies(AgentView.class)
                        .doc("One of them.")
                        .reads(
                                (call, tx) ->
                                        Lists.one(
                                                call,
                                                "agent",
                                                backbone.agents(tx).stream()
                                                        .filter(
                                                                agent ->
                                                                        call.pathUuid("id")
                                                                                .equals(
                                                                                        Optional.of(
                                                                                                agent
                                                                                                        .id())))
                                                        .findFirst()
                                                        .map(AvailabilityOperations::view)
                                                        .orElseThrow(
                                                                () ->
                                                                        Refusals.missing(
                                                                                "AgentNotFound",
                                                                                "Agent",
                                                                                Texts.cut(
                                                                                        call.path(
                                                                                                "id")))))),
                Operation.get("/availability_zones")
                        .policy("get_availability_zone")
                        .anyParam()
                        .replies(ZoneView.class)
                        .doc("The zones of networks and routers.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "availability_zones",
                                                List.of(
                                                        new ZoneView(
                                                                Views.ZONE, "network", "available"),
                                                        new ZoneView(
                                                                Views.ZONE,
                                                                "router",
                                                                "available")))),
                Operation.get("/service-providers")
                        .policy("get_service_provider")
                        .anyParam()
                        .replies(ProviderView.class)
                        .doc("Who provides which service.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "service_providers",
                                                List.of(
                                                        new ProviderView(
                                                                "L3_ROUTER_NAT", "ovn", true)))),
                Operation.get("/network-ip-availabilities")
                        .policy("get_network_ip_availability")
                        .anyParam()
                        .replies(NetworkUse.class)
                        .doc("How many addresses of each network are in use.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "network_ip_availabilities",
                                                store
                                                        .usage(
                                                                tx,
                                                                call.query().uuid("network_id"),
                                                                call.query().text("network_name"),
                                                                call.query().integer("ip_version"))
                                                        .stream()
                                                        .map(AvailabilityOperations::use)
                                                        .toList())),
                Operation.get("/network-ip-availabilities/{id}")
                        .policy("get_network_ip_availability")
                        .anyParam()
                        .replies(NetworkUse.class)
                        .doc("How many addresses of a network are in use.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "network_ip_availability",
                                                call.pathUuid("id")
                                                        .flatMap(
                                                                id ->
                                                                        store
                                                                                .usage(
                                                                                        tx,
                                                                                        Optional.of(
                                                                                                id),
                                                                                        Optional
                                                                                                .empty(),
                                                                                        Optional
                                                                                                .empty())
                                                                                .stream()
                                                                                .findFirst())
                                                        .map(AvailabilityOperations::use)
                                                        .orElseThrow(
                                                                () ->
                                                                        Refusals.noNetwork(
                                                                                Texts.cut(
                                                                                        call.path(
                                                                                                "id")))))));
    }

    /** Whom the rule refuses sees none; the list itself is refused to nobody. */
    private Object agents(Call call, Tx tx) {
        List<Object> views = new ArrayList<>();
        if (!call.allows("get_agent")) {
            return Map.of("agents", views);
        }
        for (Agent agent : backbone.agents(tx)) {
            boolean wanted =
                    call.query().text("host").map(agent.host()::equals).orElse(true)
                            && call.query()
                                    .text("agent_type")
                                    .map(agent.type()::equals)
                                    .orElse(true)
                            && call.query().text("binary").map(agent.binary()::equals).orElse(true)
                            && call.query()
                                    .bool("alive")
                                    .map(alive -> alive == agent.alive())
                                    .orElse(true);
            if (wanted) {
                views.add(Lists.one(call, "x", view(agent)).getOrDefault("x", Map.of()));
            }
        }
        return Map.of("agents", views);
    }

    private static AgentView view(Agent agent) {
        Map<String, Object> configurations = new LinkedHashMap<>();
        configurations.put("bridge-mappings", String.join(",", agent.bridgeMappings()));
        return new AgentView(
                agent.id(),
                agent.type(),
                agent.binary(),
                agent.host(),
                "n/a",
                true,
                agent.alive(),
                time(agent.startedAt()),
                time(agent.startedAt()),
                time(agent.seen()),
                Optional.of(""),
                "",
                configurations,
                Optional.empty());
    }

    /** Agents' times are spelled as SQL spells them. */
    private static String time(java.time.Instant time) {
        return Times.seconds(time).replace("T", " ").replace("Z", "");
    }

    private static NetworkUse use(Usage usage) {
        NetworkRow network = usage.network();
        List<SubnetUse> subnets = new ArrayList<>();
        for (AvailabilityStore.SubnetUsage each : usage.subnets()) {
            SubnetRow subnet = each.subnet();
            subnets.add(
                    new SubnetUse(
                            subnet.id(),
                            subnet.name(),
                            subnet.cidr().toString(),
                            subnet.version(),
                            Pool.total(subnet.pools()),
                            each.used()));
        }
        return new NetworkUse(
                network.id(),
                network.name(),
                network.project().value(),
                network.project().value(),
                subnets.stream().map(SubnetUse::totalIps).reduce(BigInteger.ZERO, BigInteger::add),
                subnets.stream().mapToLong(SubnetUse::usedIps).sum(),
                subnets);
    }
}
