package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.network.api.Journal.Actor;
import cloud.welkin.network.api.PortWish.Wanted;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.store.PortStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Changes of the ports that a server has, asked for through compute. */
final class ServerPortChanges {
    private final Ports ports;
    private final PortStore store;
    private final Journal journal;

    ServerPortChanges(Ports ports, PortStore store, Journal journal) {
        this.ports = ports;
        this.store = store;
        this.journal = journal;
    }

    /** How many ports are in the group then. */
    int addGroup(Tx tx, Caller caller, UUID server, UUID group) {
        List<PortRow> taking = of(tx, server).stream().filter(PortRow::portSecurity).toList();
        for (PortRow port : taking) {
            if (!port.securityGroups().contains(group)) {
                List<UUID> groups = new ArrayList<>(port.securityGroups());
                groups.add(group);
                regroup(tx, caller, port, groups);
            }
        }
        return taking.size();
    }

    /** How many ports were in the group. */
    int removeGroup(Tx tx, Caller caller, UUID server, UUID group) {
        List<PortRow> members =
                of(tx, server).stream()
                        .filter(port -> port.securityGroups().contains(group))
                        .toList();
        for (PortRow port : members) {
            regroup(
                    tx,
                    caller,
                    port,
                    port.securityGroups().stream().filter(each -> !each.equals(group)).toList());
        }
        return members.size();
    }

    boolean addAddress(Tx tx, Caller caller, UUID server, UUID network) {
        Optional<PortRow> port =
                of(tx, server).stream().filter(each -> each.network().equals(network)).findFirst();
        port.ifPresent(
                found ->
                        readdress(
                                tx,
                                caller,
                                found,
                                Stream.concat(
                                                kept(found, Optional.empty()),
                                                Stream.of(
                                                        new Wanted(
                                                                found.fixedIps().stream()
                                                                        .findFirst()
                                                                        .map(
                                                                                PortRow.FixedIp
                                                                                        ::subnetId),
                                                                Optional.empty())))
                                        .toList()));
        return port.isPresent();
    }

    /**
     * @param address as the port's addresses are written
     */
    boolean removeAddress(Tx tx, Caller caller, UUID server, String address) {
        Optional<PortRow> port =
                of(tx, server).stream()
                        .filter(
                                each ->
                                        each.fixedIps().stream()
                                                .anyMatch(
                                                        fixed -> fixed.ipAddress().equals(address)))
                        .findFirst();
        port.ifPresent(
                found -> readdress(tx, caller, found, kept(found, Optional.of(address)).toList()));
        return port.isPresent();
    }

    private static Stream<Wanted> kept(PortRow port, Optional<String> without) {
        return port.fixedIps().stream()
                .filter(fixed -> !without.equals(Optional.of(fixed.ipAddress())))
                .map(
                        fixed ->
                                new Wanted(
                                        Optional.of(fixed.subnetId()),
                                        Ip.parse(fixed.ipAddress())));
    }

    private List<PortRow> of(Tx tx, UUID server) {
        return store.ofDevices(tx, List.of(server.toString())).stream()
                .flatMap(port -> store.lock(tx, port.id()).stream())
                .toList();
    }

    private void regroup(Tx tx, Caller caller, PortRow port, List<UUID> groups) {
        store.replaceGroups(tx, port.id(), groups);
        changed(tx, caller, port);
    }

    private void readdress(Tx tx, Caller caller, PortRow port, List<Wanted> wanted) {
        ports.readdress(tx, port, wanted, journal.now());
        changed(tx, caller, port);
    }

    private void changed(Tx tx, Caller caller, PortRow port) {
        PortRow updated = store.update(tx, port, journal.now());
        journal.happened(
                tx,
                Actor.of(caller),
                "port.update.end",
                updated.project(),
                updated.id(),
                Ports.payload(updated));
        journal.portChanged(tx, updated.id());
    }
}
