package cloud.welkin.host.libvirt;

import java.lang.foreign.MemorySegment;

/** Functions of a domain's devices: plugging, disks and their jobs, snapshots, traffic. */
interface NativeDevices {
    int virDomainAttachDeviceFlags(MemorySegment domain, MemorySegment xml, int flags);

    int virDomainDetachDeviceFlags(MemorySegment domain, MemorySegment xml, int flags);

    int virDomainDetachDeviceAlias(MemorySegment domain, MemorySegment alias, int flags);

    int virDomainUpdateDeviceFlags(MemorySegment domain, MemorySegment xml, int flags);

    int virDomainBlockResize(MemorySegment domain, MemorySegment disk, long size, int flags);

    int virDomainBlockCopy(
            MemorySegment domain,
            MemorySegment disk,
            MemorySegment destinationXml,
            MemorySegment parameters,
            int count,
            int flags);

    int virDomainBlockCommit(
            MemorySegment domain,
            MemorySegment disk,
            MemorySegment base,
            MemorySegment top,
            long bandwidth,
            int flags);

    int virDomainGetBlockJobInfo(
            MemorySegment domain, MemorySegment disk, MemorySegment info, int flags);

    int virDomainBlockJobAbort(MemorySegment domain, MemorySegment disk, int flags);

    int virDomainBlockJobSetSpeed(
            MemorySegment domain, MemorySegment disk, long bandwidth, int flags);

    int virDomainSetBlockIoTune(
            MemorySegment domain,
            MemorySegment disk,
            MemorySegment parameters,
            int count,
            int flags);

    int virDomainBlockStats(
            MemorySegment domain, MemorySegment disk, MemorySegment stats, long size);

    int virDomainGetBlockInfo(
            MemorySegment domain, MemorySegment disk, MemorySegment info, int flags);

    int virDomainInterfaceStats(
            MemorySegment domain, MemorySegment device, MemorySegment stats, long size);

    MemorySegment virDomainSnapshotCreateXML(MemorySegment domain, MemorySegment xml, int flags);

    int virDomainSnapshotFree(MemorySegment snapshot);

    int virDomainBackupBegin(
            MemorySegment domain, MemorySegment backupXml, MemorySegment checkpointXml, int flags);

    MemorySegment virDomainBackupGetXMLDesc(MemorySegment domain, int flags);
}
