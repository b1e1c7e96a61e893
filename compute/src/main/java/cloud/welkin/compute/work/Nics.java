package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Nic;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.network.Networks;
import cloud.welkin.network.Networks.NetworkFacts;
import cloud.welkin.network.Networks.NewPort;
import cloud.welkin.network.Networks.PortFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Gets ports for servers: those that their user named, or new ones. */
final class Nics {
    private final Networks networks;

    Nics(Networks networks) {
        this.networks = networks;
    }

    /** Which NICs were meant, once what there is has been looked at. */
    List<NewServer.One> resolve(Tx tx, Caller caller, NewServer.Wish wish) {
        return switch (wish) {
            case NewServer.Wish.None none -> List.of();
            case NewServer.Wish.These these -> these.nics();
            case NewServer.Wish.Unsaid unsaid -> theOne(tx, caller).map(List::of).orElse(List.of());
            case NewServer.Wish.Auto auto ->
                    List.of(
                            theOne(tx, caller)
                                    .orElseThrow(
                                            () ->
                                                    Failure.badRequest(
                                                                    "Unable to automatically allocate a"
                                                                            + " network: the project has"
                                                                            + " none.")
                                                            .as("UnableToAutoAllocateNetwork")));
        };
    }

    private Optional<NewServer.One> theOne(Tx tx, Caller caller) {
        List<NetworkFacts> all =
                networks.usableBy(tx, caller).stream()
                        .filter(
                                network ->
                                        !network.external()
                                                && (network.shared()
                                                        || Optional.of(network.project())
                                                                .equals(caller.project())))
                        .toList();
        List<NetworkFacts> own =
                all.stream()
                        .filter(network -> Optional.of(network.project()).equals(caller.project()))
                        .toList();
        List<NetworkFacts> meant = own.isEmpty() ? all : own;
        if (meant.size() > 1) {
            throw Failure.conflict(
                            "Multiple possible networks found, use a Network ID to be more specific.")
                    .as("NetworkAmbiguous");
        }
        return meant.stream()
                .findFirst()
                .map(
                        network ->
                                new NewServer.One(
                                        Optional.of(network.id().toString()),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()));
    }

    List<UUID> securityGroups(Tx tx, Caller caller, List<String> names) {
        List<UUID> ids = new ArrayList<>();
        for (String name : names) {
            ids.add(
                    networks.securityGroup(tx, caller, name)
                            .orElseThrow(
                                    () ->
                                            Failure.badRequest("Security group %s not found.", name)
                                                    .as("SecurityGroupNotFound")));
        }
        return ids;
    }

    /** One NIC for a server: claims the port that was named, or makes one. */
    Nic plug(
            Tx tx,
            Caller caller,
            UUID server,
            HostName host,
            NewServer.One wanted,
            List<UUID> groups,
            Optional<String> zone) {
        PortFacts port;
        if (wanted.port().isPresent()) {
            UUID id = uuid(wanted.port().get(), "port");
            if (networks.findPort(tx, caller, id).isEmpty()) {
                throw Failure.badRequest("Port id %s could not be found.", id).as("PortNotFound");
            }
            port = networks.claimPort(tx, caller, id, server);
        } else {
            UUID id = uuid(wanted.network().orElse(""), "network");
            NetworkFacts network =
                    networks.find(tx, caller, id)
                            .orElseThrow(
                                    () ->
                                            Failure.badRequest("Network %s could not be found.", id)
                                                    .as("NetworkNotFound"));
            if (network.external() && !caller.isAdmin()) {
                throw Failure.forbidden(
                                "It is not allowed to create an interface on external network %s",
                                id)
                        .as("ExternalNetworkAttachForbidden");
            }
            port =
                    networks.createPort(
                            tx, caller, new NewPort(id, server, wanted.fixedIp(), groups, zone));
        }
        networks.bind(tx, port.id(), host);
        return new Nic(server, port, wanted.tag(), true, false);
    }

    private static UUID uuid(String text, String what) {
        return Ids.uuid(text)
                .orElseThrow(
                        () ->
                                Failure.badRequest(
                                        "Bad %s format: '%s' is not a UUID",
                                        what, text.length() > 100 ? text.substring(0, 100) : text));
    }
}
