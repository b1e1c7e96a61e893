package cloud.welkin.network.work;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.network.Networks.Listener;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.store.PortStore;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down which ports work, and tells those who wait for it, in the same transaction. */
public final class PortStatuses {
    private final PortStore store = new PortStore();
    private final Clock clock;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    public PortStatuses(Clock clock) {
        this.clock = clock;
    }

    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /** What was found of ports; those that are as their rows say already are passed over. */
    public int found(Tx tx, Map<UUID, Boolean> active) {
        Map<UUID, String> wanted = new java.util.HashMap<>();
        active.forEach((port, up) -> wanted.put(port, up ? PortRow.ACTIVE : PortRow.DOWN));
        List<PortRow> changed =
                store.setStatus(tx, wanted, clock.instant().truncatedTo(ChronoUnit.MICROS));
        changed.forEach(port -> tell(tx, port));
        return changed.size();
    }

    /** A port's row has just been written with another status. */
    public void tell(Tx tx, PortRow port) {
        if (port.deviceOwner().startsWith(DeviceOwner.COMPUTE)) {
            Ids.uuid(port.deviceId())
                    .ifPresent(
                            device ->
                                    listeners.forEach(
                                            listener ->
                                                    listener.changed(
                                                            tx,
                                                            port.id(),
                                                            device,
                                                            port.status().equals(PortRow.ACTIVE))));
        }
    }
}
