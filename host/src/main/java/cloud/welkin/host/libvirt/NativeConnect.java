package cloud.welkin.host.libvirt;

import java.lang.foreign.MemorySegment;

/**
 * Functions of a connection and of the host behind it. Strings returned are the caller's to free.
 */
interface NativeConnect {
    MemorySegment virConnectOpen(MemorySegment uri);

    int virConnectClose(MemorySegment connection);

    int virConnectSetKeepAlive(MemorySegment connection, int interval, int count);

    int virConnectIsAlive(MemorySegment connection);

    int virConnectGetVersion(MemorySegment connection, MemorySegment version);

    int virConnectGetLibVersion(MemorySegment connection, MemorySegment version);

    MemorySegment virConnectGetURI(MemorySegment connection);

    MemorySegment virConnectGetHostname(MemorySegment connection);

    MemorySegment virConnectGetCapabilities(MemorySegment connection);

    MemorySegment virConnectGetDomainCapabilities(
            MemorySegment connection,
            MemorySegment emulator,
            MemorySegment architecture,
            MemorySegment machine,
            MemorySegment virtType,
            int flags);

    int virNodeGetInfo(MemorySegment connection, MemorySegment info);

    /** Bytes; 0 is the failure. */
    long virNodeGetFreeMemory(MemorySegment connection);

    MemorySegment virDomainDefineXMLFlags(MemorySegment connection, MemorySegment xml, int flags);

    MemorySegment virDomainCreateXML(MemorySegment connection, MemorySegment xml, int flags);

    MemorySegment virDomainLookupByName(MemorySegment connection, MemorySegment name);

    MemorySegment virDomainLookupByUUIDString(MemorySegment connection, MemorySegment uuid);

    int virConnectListAllDomains(MemorySegment connection, MemorySegment domains, int flags);

    int virConnectGetAllDomainStats(
            MemorySegment connection, int groups, MemorySegment records, int flags);

    void virDomainStatsRecordListFree(MemorySegment records);
}
