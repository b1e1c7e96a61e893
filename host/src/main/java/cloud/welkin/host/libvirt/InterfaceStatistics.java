package cloud.welkin.host.libvirt;

import java.util.function.IntToLongFunction;

/**
 * Traffic of one interface since the guest started, as the guest sees it; -1 where the driver does
 * not count (virDomainInterfaceStatsStruct).
 */
public record InterfaceStatistics(
        long receivedBytes,
        long receivedPackets,
        long receiveErrors,
        long receiveDrops,
        long sentBytes,
        long sentPackets,
        long sendErrors,
        long sendDrops) {

    static final long SIZE = 64;

    static InterfaceStatistics of(IntToLongFunction field) {
        return new InterfaceStatistics(
                field.applyAsLong(0),
                field.applyAsLong(1),
                field.applyAsLong(2),
                field.applyAsLong(3),
                field.applyAsLong(4),
                field.applyAsLong(5),
                field.applyAsLong(6),
                field.applyAsLong(7));
    }
}
