package cloud.welkin.host.libvirt;

import java.lang.foreign.MemorySegment;

/** Functions of one domain: its life, its description, its processors and memory. */
interface NativeDomain {
    int virDomainFree(MemorySegment domain);

    MemorySegment virDomainGetName(MemorySegment domain);

    int virDomainGetUUIDString(MemorySegment domain, MemorySegment buffer);

    int virDomainIsPersistent(MemorySegment domain);

    int virDomainCreateWithFlags(MemorySegment domain, int flags);

    int virDomainDestroyFlags(MemorySegment domain, int flags);

    int virDomainUndefineFlags(MemorySegment domain, int flags);

    int virDomainShutdownFlags(MemorySegment domain, int flags);

    int virDomainReboot(MemorySegment domain, int flags);

    int virDomainReset(MemorySegment domain, int flags);

    int virDomainSuspend(MemorySegment domain);

    int virDomainResume(MemorySegment domain);

    int virDomainInjectNMI(MemorySegment domain, int flags);

    int virDomainSetAutostart(MemorySegment domain, int autostart);

    int virDomainManagedSave(MemorySegment domain, int flags);

    int virDomainHasManagedSaveImage(MemorySegment domain, int flags);

    int virDomainManagedSaveRemove(MemorySegment domain, int flags);

    int virDomainGetState(
            MemorySegment domain, MemorySegment state, MemorySegment reason, int flags);

    int virDomainGetInfo(MemorySegment domain, MemorySegment info);

    MemorySegment virDomainGetXMLDesc(MemorySegment domain, int flags);

    int virDomainSetMetadata(
            MemorySegment domain,
            int type,
            MemorySegment metadata,
            MemorySegment key,
            MemorySegment uri,
            int flags);

    MemorySegment virDomainGetMetadata(
            MemorySegment domain, int type, MemorySegment uri, int flags);

    int virDomainSetVcpusFlags(MemorySegment domain, int count, int flags);

    int virDomainSetMemoryFlags(MemorySegment domain, long kibibytes, int flags);

    int virDomainSetMemoryStatsPeriod(MemorySegment domain, int seconds, int flags);

    int virDomainMemoryStats(MemorySegment domain, MemorySegment stats, int count, int flags);

    int virDomainMigrateToURI3(
            MemorySegment domain,
            MemorySegment destination,
            MemorySegment parameters,
            int count,
            int flags);

    int virDomainMigrateSetMaxDowntime(MemorySegment domain, long milliseconds, int flags);

    int virDomainMigrateStartPostCopy(MemorySegment domain, int flags);

    int virDomainGetJobStats(
            MemorySegment domain,
            MemorySegment type,
            MemorySegment parameters,
            MemorySegment count,
            int flags);

    int virDomainAbortJob(MemorySegment domain);

    MemorySegment virDomainScreenshot(
            MemorySegment domain, MemorySegment stream, int screen, int flags);

    int virDomainOpenConsole(
            MemorySegment domain, MemorySegment device, MemorySegment stream, int flags);

    int virDomainFSFreeze(MemorySegment domain, MemorySegment mounts, int count, int flags);

    int virDomainFSThaw(MemorySegment domain, MemorySegment mounts, int count, int flags);

    int virDomainSetUserPassword(
            MemorySegment domain, MemorySegment user, MemorySegment password, int flags);
}
