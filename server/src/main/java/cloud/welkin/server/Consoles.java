package cloud.welkin.server;

import cloud.welkin.compute.GuestConsoles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** The consoles of the guests of this machine's host, where its agent keeps them. */
final class Consoles implements GuestConsoles {
    private final cloud.welkin.host.agent.GuestConsoles kept;

    Consoles(Home home) {
        kept = new cloud.welkin.host.agent.GuestConsoles(home.root());
    }

    @Override
    public Optional<String> tail(UUID server, int lines) {
        return kept.log(server, lines < 0 ? OptionalInt.empty() : OptionalInt.of(lines));
    }

    @Override
    public Optional<Path> vncSocket(UUID server) {
        return Optional.of(kept.vncSocket(server)).filter(Files::exists);
    }
}
