package cloud.welkin.host.libvirt;

import java.util.Collection;

/** One bit of a libvirt flags argument. */
sealed interface Flag
        permits Scope,
                UndefineFlag,
                MigrateFlag,
                DomainStatistics.Group,
                DiskFlags.Copy,
                DiskFlags.Commit,
                DiskFlags.JobAbort,
                DiskFlags.Snapshot {
    int bit();

    static int of(Collection<? extends Flag> flags) {
        return flags.stream().mapToInt(Flag::bit).reduce(0, (all, one) -> all | one);
    }
}
