package cloud.welkin.compute;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * What a guest shows: its serial console and its screen. Given by the side that reaches the hosts.
 */
public interface GuestConsoles {
    /**
     * The end of what the guest wrote on its serial console; empty when the host keeps none.
     *
     * @param lines how many lines at most; negative for all that is kept
     */
    Optional<String> tail(UUID server, int lines);

    /** The unix socket of the guest's VNC server; empty when the guest has no screen now. */
    Optional<Path> vncSocket(UUID server);
}
