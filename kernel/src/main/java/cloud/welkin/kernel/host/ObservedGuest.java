package cloud.welkin.kernel.host;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A guest as its host found it.
 *
 * @param generation the newest intent that the host has tried; facts of an older one may be out of
 *     date
 * @param converged whether everything of that generation is done
 * @param power empty when there is no such guest on the host
 * @param stoppedByItself the guest powered itself off (or crashed) although it should run
 * @param volumes the volumes that the guest really has now
 * @param nics the ports that the guest really has now
 * @param fault why the host could not converge; it goes on trying only if {@code retries}
 */
public record ObservedGuest(
        UUID id,
        long generation,
        boolean converged,
        Optional<Power> power,
        boolean stoppedByItself,
        List<UUID> volumes,
        List<UUID> nics,
        Optional<Console> console,
        Optional<Fault> fault) {

    /** Where the guest's VNC server listens: a unix socket's path on the host. */
    public record Console(String vncSocket) {}

    /**
     * @param code stable, e.g. {@code ImageCorrupt}, {@code NoSpace}, {@code DomainStart}
     * @param message for the server's owner, free of the host's details
     * @param detail for the operator's log
     */
    public record Fault(String code, String message, String detail, boolean retries) {}
}
