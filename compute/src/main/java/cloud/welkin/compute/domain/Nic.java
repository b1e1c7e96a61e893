package cloud.welkin.compute.domain;

import cloud.welkin.network.Networks.PortFacts;
import java.util.Optional;
import java.util.UUID;

/**
 * A port as a server has it.
 *
 * @param wanted whether the guest shall have it; false while it is being detached
 * @param plugged whether the guest has it, as its host last said
 * @param facts what the network service told of the port last
 */
public record Nic(
        UUID server, PortFacts facts, Optional<String> tag, boolean wanted, boolean plugged) {
    public UUID port() {
        return facts.id();
    }

    public Observation.Pluggable pluggable() {
        return new Observation.Pluggable(port(), false, wanted, plugged);
    }
}
