package cloud.welkin.host.agent;

import cloud.welkin.host.contained.TapPorts;
import cloud.welkin.host.libvirt.Connection;
import cloud.welkin.host.libvirt.Domain;
import cloud.welkin.host.libvirt.DomainList;
import cloud.welkin.host.libvirt.ErrorCode;
import cloud.welkin.host.libvirt.LibvirtException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what is on the host and belongs to no guest that shall be there, and removes it. Safe by
 * order: what is there is listed <em>before</em> the desk is asked what shall be, and a guest's row
 * is older than anything of it on the host; so what the desk's later answer lacks was deleted.
 *
 * <p>Only what carries this cloud's id is removed, and nothing at all in a home that another
 * cloud's guests were kept in.
 */
final class Strangers {

    private static final Logger LOG = LoggerFactory.getLogger(Strangers.class);
    private static final String TAP = "tap";
    private static final String OWNER = "cloud";

    private final AgentSettings settings;
    private final Path guests;
    private final GuestWork work;
    private final GuestDisks disks;
    private final TapPorts taps;

    Strangers(AgentSettings settings, HostShape shape, GuestWork work, TapPorts taps) {
        this.settings = settings;
        this.guests = GuestFolder.all(shape.home());
        this.work = work;
        this.disks = new GuestDisks(shape);
        this.taps = taps;
    }

    /**
     * What is there.
     *
     * @param domains of this cloud
     * @param folders of guests
     * @param taps whose device is gone
     */
    record Present(Set<UUID> domains, Set<UUID> folders, Set<String> taps) {
        Set<UUID> guests() {
            Set<UUID> all = new HashSet<>(domains);
            all.addAll(folders);
            return all;
        }
    }

    Present present(Connection libvirt) {
        Set<UUID> domains = guestsOf(settings.cloud(), libvirt);
        Set<String> broken = new HashSet<>();
        for (var tap : taps.list()) {
            if (tap.broken() && tap.name().startsWith(TAP)) {
                broken.add(tap.name());
            }
        }
        return new Present(domains, folders(), broken);
    }

    /** Removes what is there of guests that shall not be. */
    void remove(Connection libvirt, Present present, Set<UUID> wanted, Set<String> devices) {
        if (!isOurHome()) {
            return;
        }
        for (UUID guest : present.guests()) {
            if (!wanted.contains(guest)) {
                LOG.info("guest {} belongs to no server any more: removed", guest);
                work.holding(
                        guest,
                        () -> {
                            if (present.domains().contains(guest)) {
                                Steps.remove(libvirt, guest);
                            }
                            disks.remove(guest);
                            return true;
                        });
            }
        }
        for (String tap : present.taps()) {
            if (!devices.contains(tap)) {
                LOG.info("tap {} is nobody's any more: removed", tap);
                taps.unplug(tap);
            }
        }
    }

    /** Writes whose guests are kept here, once, or refuses to remove anything for another cloud. */
    boolean isOurHome() {
        Path mark = guests.resolve(OWNER);
        try {
            Files.createDirectories(guests);
            if (!Files.exists(mark)) {
                Path fresh = guests.resolve("cloud.partial");
                Files.writeString(fresh, settings.cloud());
                Files.move(fresh, mark, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            }
            String owner = Files.readString(mark);
            if (!owner.equals(settings.cloud())) {
                LOG.error("{} belongs to cloud {}: nothing is removed", guests, owner);
                return false;
            }
            return true;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Ends all guests of a cloud that is no more; their files are left to whoever calls. */
    static void removeGuests(String cloud, Connection libvirt) {
        guestsOf(cloud, libvirt).forEach(guest -> Steps.remove(libvirt, guest));
    }

    private static Set<UUID> guestsOf(String cloud, Connection libvirt) {
        Set<UUID> guests = new HashSet<>();
        try (DomainList all = libvirt.domains()) {
            for (Domain domain : all) {
                if (isOf(cloud, domain)) {
                    guests.add(domain.uuid());
                }
            }
        }
        return guests;
    }

    private static boolean isOf(String cloud, Domain domain) {
        try {
            return domain.name().equals(DomainXml.name(domain.uuid()))
                    && Marks.of(GuestLook.parse(domain.definitionXml()))
                            .map(Marks::cloud)
                            .equals(Optional.of(cloud));
        } catch (LibvirtException failed) {
            // It went since it was listed: it is nobody's.
            if (failed.is(ErrorCode.NO_DOMAIN)) {
                return false;
            }
            throw failed;
        }
    }

    /** The cloud whose guests a home has kept, if any. */
    static Optional<String> owner(Path home) {
        Path mark = GuestFolder.all(home).resolve(OWNER);
        try {
            return Files.exists(mark) ? Optional.of(Files.readString(mark)) : Optional.empty();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Set<UUID> folders() {
        if (!Files.isDirectory(guests)) {
            return Set.of();
        }
        Set<UUID> found = new HashSet<>();
        try (var folders = Files.list(guests)) {
            for (Path folder : folders.filter(Files::isDirectory).toList()) {
                String name = folder.getFileName().toString();
                if (name.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
                    found.add(UUID.fromString(name));
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return found;
    }

    /** What is there of guests that shall not be, in words. */
    List<String> leftovers(Present present, Set<UUID> wanted) {
        List<String> found = new java.util.ArrayList<>();
        present.domains().stream()
                .filter(guest -> !wanted.contains(guest))
                .forEach(guest -> found.add("domain " + DomainXml.name(guest)));
        present.folders().stream()
                .filter(guest -> !wanted.contains(guest))
                .forEach(guest -> found.add("folder " + guests.resolve(guest.toString())));
        present.taps().forEach(tap -> found.add("tap " + tap));
        return List.copyOf(found);
    }
}
