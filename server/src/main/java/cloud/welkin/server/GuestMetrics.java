package cloud.welkin.server;

import cloud.welkin.host.agent.GuestStatistics;
import cloud.welkin.host.libvirt.DomainStatistics;
import cloud.welkin.host.libvirt.LibvirtException;
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
        StringBuilder lines = new StringBuilder();
        guests.forEach(
                (id, guest) -> {
                    String server = "{server=\"" + id + "\"";
                    line(
                            lines,
                            "cpu_seconds_total",
                            server + "}",
                            guest.cpu().total().toNanos() / 1e9);
                    line(lines, "memory_kib", server + "}", guest.balloon().current());
                    for (DomainStatistics.Interface nic : guest.interfaces()) {
                        String at = server + ",device=\"" + nic.device() + "\"}";
                        line(lines, "received_bytes_total", at, nic.traffic().receivedBytes());
                        line(lines, "sent_bytes_total", at, nic.traffic().sentBytes());
                    }
                    for (DomainStatistics.Disk disk : guest.disks()) {
                        String at = server + ",device=\"" + disk.target() + "\"}";
                        line(lines, "disk_read_bytes_total", at, disk.traffic().readBytes());
                        line(lines, "disk_written_bytes_total", at, disk.traffic().writeBytes());
                    }
                });
        return lines.toString();
    }

    private static void line(StringBuilder lines, String name, String labels, Number value) {
        lines.append("welkin_guest_").append(name).append(labels).append(' ').append(value);
        lines.append('\n');
    }
}
