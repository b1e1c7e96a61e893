package cloud.welkin.host.libvirt;

import java.time.Duration;

/**
 * How a connection behaves.
 *
 * <p>A daemon reads at most {@code max_client_requests} unfinished calls of one client (5 if
 * libvirtd.conf does not say otherwise) and meanwhile not even keepalive: set it above {@code
 * quickCalls + slowCalls} (and {@code max_workers} likewise), or long calls end the connection.
 *
 * @param keepAliveInterval time without traffic before the daemon is asked whether it lives; whole
 *     seconds, zero for never
 * @param keepAliveCount unanswered questions after which the connection is closed
 * @param quickCalls calls at the same time that only look
 * @param slowCalls calls at the same time that wait for the hypervisor
 * @param eventQueue events that wait for a slow listener before some are dropped
 */
public record ConnectionSettings(
        Duration keepAliveInterval,
        int keepAliveCount,
        int quickCalls,
        int slowCalls,
        int eventQueue) {

    /** 5 seconds × 3, 4 quick and 16 slow calls, 10,000 events. */
    public static final ConnectionSettings DEFAULT =
            new ConnectionSettings(Duration.ofSeconds(5), 3, 4, 16, 10_000);

    public ConnectionSettings {
        if (keepAliveInterval.isNegative()
                || keepAliveCount < 1
                || quickCalls < 1
                || slowCalls < 1
                || eventQueue < 1) {
            throw new IllegalArgumentException("counts are positive");
        }
    }
}
