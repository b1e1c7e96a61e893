package cloud.welkin.compute.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.network.Networks;
import cloud.welkin.network.Networks.SecurityGroupFacts;
import cloud.welkin.network.Networks.SecurityGroupRuleFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Security groups in Nova's old words, until 2.35: clients that add one to a server look for its id
 * here. They are made and changed at the network service only.
 */
final class SecurityGroupOperations implements OperationGroup {
    private static final String G = ComputePolicy.P + "os-security-groups:";
    private static final int LAST_PORT = 65_535;

    private final Networks networks;

    SecurityGroupOperations(Networks networks) {
        this.networks = networks;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/os-security-groups")
                        .policy(G + "get")
                        .doc("Lists the project's security groups with what they let in.")
                        .until("2.35")
                        .anyParam()
                        .reads(this::list),
                Operation.get("/os-security-groups/{group_id}")
                        .policy(G + "show")
                        .doc("Shows a security group with what it lets in.")
                        .until("2.35")
                        .anyParam()
                        .reads(this::show));
    }

    private Object list(Call call, Tx tx) {
        List<SecurityGroupFacts> all = networks.securityGroups(tx, call.caller());
        return Map.of("security_groups", all.stream().map(group -> view(group, all)).toList());
    }

    private Object show(Call call, Tx tx) {
        List<SecurityGroupFacts> all = networks.securityGroups(tx, call.caller());
        Optional<UUID> id = call.pathUuid("group_id");
        return Map.of(
                "security_group",
                all.stream()
                        .filter(group -> id.equals(Optional.of(group.id())))
                        .findFirst()
                        .map(group -> view(group, all))
                        .orElseThrow(
                                () ->
                                        Failure.notFound("Security group not found.")
                                                .as("SecurityGroupNotFound")));
    }

    private static Map<String, Object> view(
            SecurityGroupFacts group, List<SecurityGroupFacts> all) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", group.id());
        view.put("name", group.name());
        view.put("description", group.description());
        view.put("tenant_id", group.project().value());
        view.put("rules", group.rules().stream().map(rule -> view(group, rule, all)).toList());
        return view;
    }

    private static Map<String, Object> view(
            SecurityGroupFacts group, SecurityGroupRuleFacts rule, List<SecurityGroupFacts> all) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", rule.id());
        view.put("parent_group_id", group.id());
        view.put("ip_protocol", rule.protocol());
        view.put("from_port", rule.portMin().or(() -> wholeRange(rule, 1)));
        view.put("to_port", rule.portMax().or(() -> wholeRange(rule, LAST_PORT)));
        view.put(
                "group",
                all.stream()
                        .filter(other -> rule.remoteGroup().equals(Optional.of(other.id())))
                        .findFirst()
                        .map(
                                other ->
                                        Map.of(
                                                "name", other.name(),
                                                "tenant_id", other.project().value()))
                        .orElse(Map.of()));
        view.put(
                "ip_range",
                rule.remotePrefix().map(prefix -> Map.of("cidr", prefix)).orElse(Map.of()));
        return view;
    }

    /** How a protocol without ports was written: all of them, or -1 where there are none. */
    private static Optional<Integer> wholeRange(SecurityGroupRuleFacts rule, int bound) {
        return rule.protocol()
                .map(
                        protocol ->
                                switch (protocol.toLowerCase(Locale.ROOT)) {
                                    case "tcp", "udp" -> bound;
                                    default -> -1;
                                });
    }
}
