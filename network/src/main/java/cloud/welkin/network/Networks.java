package cloud.welkin.network;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Caller;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What compute asks of the network service, in its own transactions. */
public interface Networks {
    /**
     * Networks that the caller may plug servers into: its own and shared ones; external ones only
     * for admins.
     */
    List<NetworkFacts> usableBy(Tx tx, Caller caller);

    Optional<NetworkFacts> find(Tx tx, Caller caller, UUID network);

    Optional<PortFacts> findPort(Tx tx, Caller caller, UUID port);

    /**
     * A new port for a server's interface, with addresses from the network's subnets.
     *
     * @throws cloud.welkin.kernel.failure.Failure as the API does: quota, no addresses left,
     *     address in use
     */
    PortFacts createPort(Tx tx, Caller caller, NewPort port);

    /** Takes a port that exists already for a server; 409 when another device has it. */
    PortFacts claimPort(Tx tx, Caller caller, UUID port, UUID server);

    /** Says where the server of a port runs; OVN binds it there. */
    void bind(Tx tx, UUID port, HostName host);

    /** The server has gone from the port; ports that the user made live on, unbound. */
    void unclaim(Tx tx, UUID port);

    void deletePort(Tx tx, UUID port);

    /** The ports of servers, oldest first, with everything that Nova shows of them. */
    List<PortFacts> portsOf(Tx tx, Collection<UUID> servers);

    /**
     * Ids of the caller's security groups by name or id, in the order asked; empty for an unknown
     * one.
     */
    Optional<UUID> securityGroup(Tx tx, Caller caller, String nameOrId);

    /** The security groups of the caller's project with what they let in, oldest first. */
    List<SecurityGroupFacts> securityGroups(Tx tx, Caller caller);

    /**
     * Puts a server's ports into a security group, but those without port security.
     *
     * @return how many ports are in it
     */
    int addSecurityGroup(Tx tx, Caller caller, UUID server, UUID group);

    /**
     * Takes a server's ports out of a security group.
     *
     * @return how many were in it
     */
    int removeSecurityGroup(Tx tx, Caller caller, UUID server, UUID group);

    /** Gives the server's port on the network one more address; false when it has no port there. */
    boolean addAddress(Tx tx, Caller caller, UUID server, UUID network);

    /** Takes an address from the server's port that has it; false when none has. */
    boolean removeAddress(Tx tx, Caller caller, UUID server, String address);

    /**
     * The device of the port that has this address in this network: who asks the metadata service.
     */
    Optional<UUID> deviceAt(Tx tx, UUID network, String address);

    /**
     * The metadata ports of the networks that have a port bound to this host: for each the host
     * keeps a namespace in which haproxy passes guests' requests on. That it asks is written down:
     * its metadata agent is alive. Needs a transaction that writes.
     */
    List<MetadataPort> metadataPorts(Tx tx, HostName host);

    /**
     * Called in the transaction in which a server's port became active or down, or its addresses,
     * floating IPs or security groups changed.
     */
    void addListener(Listener listener);

    /** Hears of what happens to ports. */
    interface Listener {
        void changed(Tx tx, UUID port, UUID device, boolean active);
    }

    record NetworkFacts(
            UUID id, String name, ProjectId project, boolean shared, boolean external, int mtu) {}

    /**
     * @param rules those of the way in
     */
    record SecurityGroupFacts(
            UUID id,
            ProjectId project,
            String name,
            String description,
            List<SecurityGroupRuleFacts> rules) {}

    /** What a rule lets in: from a block of addresses or from the members of another group. */
    record SecurityGroupRuleFacts(
            UUID id,
            Optional<String> protocol,
            Optional<Integer> portMin,
            Optional<Integer> portMax,
            Optional<String> remotePrefix,
            Optional<UUID> remoteGroup) {}

    /**
     * @param device the name of the tap
     * @param keep whether the port outlives the server (the user made it)
     */
    record PortFacts(
            UUID id,
            UUID network,
            String networkName,
            ProjectId project,
            String mac,
            List<FixedIp> fixedIps,
            List<String> securityGroups,
            Optional<UUID> server,
            String device,
            int mtu,
            String status,
            boolean keep) {}

    /**
     * An address of a port with what the guest must know of its subnet (for the config drive and
     * meta data).
     *
     * @param floating the floating IPs that lead to it
     */
    record FixedIp(
            String address,
            int version,
            UUID subnet,
            String cidr,
            Optional<String> gateway,
            List<String> dns,
            boolean dhcp,
            List<String> floating) {}

    record NewPort(
            UUID network,
            UUID server,
            Optional<String> fixedIp,
            List<UUID> securityGroups,
            Optional<String> zone) {}
}
