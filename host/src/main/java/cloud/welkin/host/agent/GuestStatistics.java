package cloud.welkin.host.agent;

import cloud.welkin.host.libvirt.DomainStatistics;
import cloud.welkin.host.libvirt.DomainStatistics.Group;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the running guests use: processor, memory, disks, interfaces, all in one question. */
public final class GuestStatistics {

    private static final Set<Group> ALL = EnumSet.allOf(Group.class);

    private final LibvirtLink libvirt;

    GuestStatistics(LibvirtLink libvirt) {
        this.libvirt = libvirt;
    }

    /**
     * Of each running guest, by its id.
     *
     * @throws cloud.welkin.host.libvirt.LibvirtException while libvirt is away
     */
    public Map<UUID, DomainStatistics> all() {
        return libvirt.connection().statistics(ALL).stream()
                .collect(Collectors.toMap(DomainStatistics::uuid, Function.identity()));
    }
}
