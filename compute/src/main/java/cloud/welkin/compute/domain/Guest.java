package cloud.welkin.compute.domain;

import cloud.welkin.kernel.host.DesiredGuest.RootDisk;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.Power;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What shall be of a server on its host, and how far the host has come. Every change of the intent
 * raises the generation; the host is done when it reports the newest one as converged. A server
 * whose guest is gone has no row.
 *
 * @param ready whether the host may be told; false while volumes are being made for the guest
 */
public record Guest(
        UUID server,
        HostName host,
        long generation,
        long observedGeneration,
        boolean ready,
        boolean present,
        Power power,
        long rebuilds,
        long reboots,
        boolean hardReboot,
        RootDisk root,
        Map<String, String> hardware,
        Optional<Power> observedPower,
        Optional<String> vncSocket) {

    public boolean pending() {
        return observedGeneration < generation;
    }

    public Guest wanting(Power wanted) {
        return new Guest(
                server,
                host,
                generation + 1,
                observedGeneration,
                ready,
                present,
                wanted,
                rebuilds,
                reboots,
                hardReboot,
                root,
                hardware,
                observedPower,
                vncSocket);
    }

    /**
     * The same intent under a new generation: something that belongs to it (a NIC, a volume, a
     * name) has changed.
     */
    public Guest touched() {
        return wanting(power);
    }

    public Guest rebooted(boolean hard) {
        return new Guest(
                server,
                host,
                generation + 1,
                observedGeneration,
                ready,
                present,
                Power.RUNNING,
                rebuilds,
                reboots + 1,
                hard,
                root,
                hardware,
                observedPower,
                vncSocket);
    }

    public Guest rebuilt(RootDisk from, Map<String, String> on, Power wanted) {
        return new Guest(
                server,
                host,
                generation + 1,
                observedGeneration,
                ready,
                present,
                wanted,
                rebuilds + 1,
                reboots,
                hardReboot,
                from,
                on,
                observedPower,
                vncSocket);
    }

    public Guest absent() {
        return new Guest(
                server,
                host,
                generation + 1,
                observedGeneration,
                ready,
                false,
                Power.STOPPED,
                rebuilds,
                reboots,
                hardReboot,
                root,
                hardware,
                observedPower,
                vncSocket);
    }

    public Guest made() {
        return new Guest(
                server,
                host,
                generation + 1,
                observedGeneration,
                true,
                present,
                power,
                rebuilds,
                reboots,
                hardReboot,
                root,
                hardware,
                observedPower,
                vncSocket);
    }

    public Guest observed(long seen, Optional<Power> foundPower, Optional<String> socket) {
        return new Guest(
                server,
                host,
                generation,
                seen,
                ready,
                present,
                power,
                rebuilds,
                reboots,
                hardReboot,
                root,
                hardware,
                foundPower,
                socket);
    }
}
