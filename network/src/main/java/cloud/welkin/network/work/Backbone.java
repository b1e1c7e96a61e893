package cloud.welkin.network.work;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.work.Reconciler;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What carries the networks: OVN, or nothing at all where hosts are simulated. */
public interface Backbone {
    /** What is intended has changed in this transaction; after its commit the world follows. */
    void changed(Tx tx);

    /** The status of a port at the moment in which it is bound to a host. */
    String statusWhenBound();

    /** Who does the work on the hosts, as {@code openstack network agent list} shows it. */
    List<Agent> agents(Tx tx);

    /** What has to run for it. */
    List<Reconciler> reconcilers();

    /** What must hold between the rows and what is out there. */
    List<Invariant> invariants();

    /**
     * A part of the backbone on a host.
     *
     * @param type Neutron's name: {@code OVN Controller agent}
     * @param seen when it was last heard of
     */
    record Agent(
            UUID id,
            String type,
            String binary,
            String host,
            boolean alive,
            Instant startedAt,
            Instant seen,
            List<String> bridgeMappings) {}
}
