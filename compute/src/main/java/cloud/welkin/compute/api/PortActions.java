package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Server;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Bodies;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.network.Networks;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The actions of a server that change its ports' security groups and addresses. */
final class PortActions {
    private final ServerAccess access;
    private final Networks networks;

    PortActions(ServerAccess access, Networks networks) {
        this.access = access;
        this.networks = networks;
    }

    record Group(@Length(min = 1, max = 255) String name) {}

    record Add(@JsonProperty("networkId") String networkId) {}

    record Remove(String address) {}

    Object addGroup(Call call, Tx tx, JsonNode body) {
        String name = Bodies.read(body, Group.class).name();
        Server server = access.lockEvenLocked(call, tx);
        UUID group = group(call, tx, name);
        if (networks.addSecurityGroup(tx, call.caller(), server.id(), group) == 0) {
            throw Failure.badRequest(
                    "Network requires port_security_enabled and a port: server %s has none that takes"
                            + " security groups.",
                    server.id());
        }
        return Reply.empty();
    }

    Object removeGroup(Call call, Tx tx, JsonNode body) {
        String name = Bodies.read(body, Group.class).name();
        Server server = access.lockEvenLocked(call, tx);
        UUID group = group(call, tx, name);
        if (networks.removeSecurityGroup(tx, call.caller(), server.id(), group) == 0) {
            throw Failure.notFound(
                            "Security group %s is not one of server %s's.", name, server.id())
                    .as("SecurityGroupNotFound");
        }
        return Reply.empty();
    }

    private UUID group(Call call, Tx tx, String name) {
        return networks.securityGroup(tx, call.caller(), name)
                .orElseThrow(
                        () ->
                                Failure.notFound("Security group %s not found.", name)
                                        .as("SecurityGroupNotFound"));
    }

    Object addAddress(Call call, Tx tx, JsonNode body) {
        Optional<UUID> network = Ids.uuid(Bodies.read(body, Add.class).networkId());
        Server server = access.lock(call, tx);
        if (network.isEmpty()
                || !networks.addAddress(tx, call.caller(), server.id(), network.get())) {
            throw Failure.badRequest("Server %s has no port on that network.", server.id())
                    .as("NetworkNotFoundForInstance");
        }
        return Reply.empty();
    }

    Object removeAddress(Call call, Tx tx, JsonNode body) {
        String address = Bodies.read(body, Remove.class).address();
        Addressed.check("address", Optional.of(address), 0);
        Server server = access.lock(call, tx);
        if (!networks.removeAddress(tx, call.caller(), server.id(), address)) {
            throw Failure.badRequest(
                            "Instance %s doesn't have fixed IP '%s'.", server.id(), address)
                    .as("FixedIpNotFoundForSpecificInstance");
        }
        return Reply.empty();
    }
}
