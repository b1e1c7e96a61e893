package cloud.welkin.host.agent;

import cloud.welkin.kernel.host.HostName;
import java.time.Duration;

/**
 * How a host agent works.
 *
 * @param host by which the desk knows it
 * @param cloud the id of the cloud that the host belongs to; nothing of another one is touched
 * @param address where other hosts reach this one
 * @param heartbeat how often the host says that it is alive
 * @param comparison how often everything is compared, pokes or not
 * @param parallel how many guests are worked on at once
 * @param stopGrace how long a guest may take to power off before its power is taken
 * @param rebootGrace the same for a soft reboot
 */
public record AgentSettings(
        HostName host,
        String cloud,
        String address,
        Duration heartbeat,
        Duration comparison,
        int parallel,
        Duration stopGrace,
        Duration rebootGrace) {

    /** Heartbeat 10 s, comparison 30 s, 8 guests at once, 60 s to stop and to reboot. */
    public static AgentSettings of(HostName host, String cloud) {
        return new AgentSettings(
                host,
                cloud,
                "127.0.0.1",
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                8,
                Duration.ofSeconds(60),
                Duration.ofSeconds(60));
    }
}
