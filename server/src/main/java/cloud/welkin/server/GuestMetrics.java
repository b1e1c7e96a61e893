package cloud.welkin.server;

import cloud.welkin.host.agent.GuestStatistics;
import cloud.welkin.host.libvirt.DomainStatistics;
import cloud.welkin.host.libvirt.LibvirtException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** What the running guests use, as lines for Prometheus, asked of libvirt when somebody looks. */
final class GuestMetrics {
    private final GuestStatistics statistics;

    GuestMetrics(GuestStatistics statistics) {
        this.statistics = statistics;
    }

    /** All lines; none while libvirt is away. */
    String scrape() {
        Map<UUID, DomainStatistics> guests;
        try {
            guests = statistics.all();
        } catch (LibvirtException e) {
            return "";
        }
        Metrics metrics = new Metrics();
        guests.forEach(
                (id, guest) -> {
                    String server = "{server=\"" + id + "\"";
                    metrics.add(
                            "cpu_seconds_total", server + "}", guest.cpu().total().toNanos() / 1e9);
                    metrics.add("memory_kib", server + "}", guest.balloon().current());
                    for (DomainStatistics.Interface nic : guest.interfaces()) {
                        String at = server + ",device=\"" + nic.device() + "\"}";
                        metrics.add("received_bytes_total", at, nic.traffic().receivedBytes());
                        metrics.add("sent_bytes_total", at, nic.traffic().sentBytes());
                    }
                    for (DomainStatistics.Disk disk : guest.disks()) {
                        String at = server + ",device=\"" + disk.target() + "\"}";
                        metrics.add("disk_read_bytes_total", at, disk.traffic().readBytes());
                        metrics.add("disk_written_bytes_total", at, disk.traffic().writeBytes());
                    }
                });
        return metrics.text();
    }

    /** Prometheus wants all lines of a name together, after the line that tells its type. */
    private static final class Metrics {
        private final Map<String, StringBuilder> byName = new LinkedHashMap<>();

        void add(String what, String labels, Number value) {
            String name = "welkin_guest_" + what;
            byName.computeIfAbsent(
                            name,
                            fresh ->
                                    new StringBuilder("# TYPE ")
                                            .append(fresh)
                                            .append(
                                                    fresh.endsWith("_total")
                                                            ? " counter\n"
                                                            : " gauge\n"))
                    .append(name)
                    .append(labels)
                    .append(' ')
                    .append(value)
                    .append('\n');
        }

        String text() {
            return String.join("", byName.values());
        }
    }
}
