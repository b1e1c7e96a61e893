package cloud.welkin.network.work;

import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Report;
import java.time.Duration;

/** Has the hosts' OVN controllers say from time to time that they are alive. */
final class HostHeartbeat implements Reconciler {
    static final Duration EVERY = Duration.ofSeconds(20);

    /** A host that missed three beats is not alive. */
    static final Duration LATE = Duration.ofSeconds(75);

    private final Northbound northbound;

    HostHeartbeat(Northbound northbound) {
        this.northbound = northbound;
    }

    @Override
    public String name() {
        return "ovn heartbeat";
    }

    @Override
    public Duration every() {
        return EVERY;
    }

    @Override
    public Report reconcile() {
        return new Report(0, northbound.beat() ? "" : "there is no OVN yet");
    }
}
