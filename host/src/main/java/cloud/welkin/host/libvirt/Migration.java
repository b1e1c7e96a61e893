package cloud.welkin.host.libvirt;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Where and how a domain migrates.
 *
 * @param destination libvirt URI of the destination as the source's daemon reaches it (peer to
 *     peer)
 * @param parameters VIR_MIGRATE_PARAM_…: {@code migrate_uri}, {@code destination_xml}, {@code
 *     migrate_disks} (once per disk), {@code bandwidth} …
 */
public record Migration(
        String destination, Set<MigrateFlag> flags, List<TypedParameter> parameters) {

    public Migration {
        flags = Set.copyOf(flags);
        parameters = List.copyOf(parameters);
    }

    /** Live, peer to peer, and the definition goes along. */
    public static Migration live(String destination) {
        return new Migration(
                destination,
                EnumSet.of(
                        MigrateFlag.LIVE,
                        MigrateFlag.PEER_TO_PEER,
                        MigrateFlag.PERSIST_DESTINATION,
                        MigrateFlag.UNDEFINE_SOURCE),
                List.of());
    }

    /** With these flags too. */
    public Migration with(Collection<MigrateFlag> more) {
        EnumSet<MigrateFlag> all = EnumSet.copyOf(more);
        all.addAll(flags);
        return new Migration(destination, all, parameters);
    }

    /** The address that the guest's memory goes to, such as {@code tcp://10.0.0.2:49152}. */
    public Migration memoryTo(String uri) {
        return and(TypedParameter.text("migrate_uri", uri));
    }

    /** The domain as it is to be at the destination. */
    public Migration destinationXml(String xml) {
        return and(TypedParameter.text("destination_xml", xml));
    }

    /** The definition as it is to be at the destination. */
    public Migration persistentXml(String xml) {
        return and(TypedParameter.text("persistent_xml", xml));
    }

    /** Address that the destination listens on. */
    public Migration listenOn(String address) {
        return and(TypedParameter.text("listen_address", address));
    }

    /** Also copies the content of this disk; with NON_SHARED_DISK or NON_SHARED_INCREMENTAL. */
    public Migration copying(String disk) {
        return and(TypedParameter.text("migrate_disks", disk));
    }

    /** Most bandwidth, MiB a second. */
    public Migration atMost(long mebibytesPerSecond) {
        return and(TypedParameter.number("bandwidth", mebibytesPerSecond));
    }

    /** With this parameter too. */
    public Migration and(TypedParameter parameter) {
        List<TypedParameter> all = new ArrayList<>(parameters);
        all.add(parameter);
        return new Migration(destination, flags, all);
    }
}
