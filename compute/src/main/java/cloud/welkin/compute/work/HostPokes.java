package cloud.welkin.compute.work;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.host.HostName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Tells hosts that something is pending for them: at once within this process, by the database on
 * other replicas. Only a hint; what is lost is found by the host's next look.
 */
public final class HostPokes implements AutoCloseable {
    private static final String CHANNEL = "compute_host";

    private final Map<HostName, List<Runnable>> looking = new ConcurrentHashMap<>();
    private final AutoCloseable listening;

    public HostPokes(Database database) {
        listening = database.listen(CHANNEL, this::hear);
    }

    /** Calls back soon after something became pending for the host; may call in vain. */
    public AutoCloseable onPending(HostName host, Runnable look) {
        List<Runnable> list = looking.computeIfAbsent(host, name -> new CopyOnWriteArrayList<>());
        list.add(look);
        return () -> list.remove(look);
    }

    /** Once the transaction commits. */
    public void poke(Tx tx, HostName host) {
        if (looking.containsKey(host)) {
            tx.afterCommit(() -> tell(host));
        } else {
            tx.notify(CHANNEL, host.value());
        }
    }

    private void hear(String host) {
        if (host.isEmpty()) {
            looking.keySet().forEach(this::tell);
        } else {
            tell(new HostName(host));
        }
    }

    private void tell(HostName host) {
        looking.getOrDefault(host, List.of()).forEach(Runnable::run);
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (Exception e) {
            throw new IllegalStateException("the channel of hosts cannot be left", e);
        }
    }
}
