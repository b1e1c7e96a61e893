package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Statistics of one domain out of a bulk query (virConnectGetAllDomainStats). Counters run since
 * the guest started; what was not asked for or is not told is zero or an empty list.
 *
 * @param cpu processor time
 * @param balloon memory
 */
public record DomainStatistics(
        UUID uuid,
        String name,
        DomainState state,
        Cpu cpu,
        Balloon balloon,
        List<Vcpu> vcpus,
        List<Interface> interfaces,
        List<Disk> disks) {

    /** Groups of statistics (virDomainStatsTypes). Fewer groups cost less. */
    public enum Group implements Flag {
        STATE(0),
        CPU_TOTAL(1),
        BALLOON(2),
        VCPU(3),
        INTERFACE(4),
        BLOCK(5);

        private final int shift;

        Group(int shift) {
            this.shift = shift;
        }

        @Override
        public int bit() {
            return 1 << shift;
        }
    }

    /** Time of the whole domain's process, and its user and system parts. */
    public record Cpu(Duration total, Duration user, Duration system) {}

    /** KiB; what only the guest knows is -1 while no balloon driver tells it. */
    public record Balloon(long current, long maximum, long rss, long usable, long available) {}

    /** One processor: its time, and the time it waited for a processor of the host. */
    public record Vcpu(int number, Duration time, Duration waited) {}

    /** One interface: its device on the host and its traffic. */
    public record Interface(String device, InterfaceStatistics traffic) {}

    /**
     * One disk.
     *
     * @param target {@code vda}
     * @param source path or URL; empty if there is none
     * @param readTime time spent in reads, all requests added
     */
    public record Disk(
            String target,
            String source,
            BlockStatistics traffic,
            Duration readTime,
            Duration writeTime,
            BlockInfo size) {}

    /** VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE. */
    static final int ACTIVE = 1;

    private static final long RECORD_SIZE = 24; // domain, parameters, count

    static List<DomainStatistics> of(
            NativeDomain domains, Arena arena, MemorySegment records, int count) {
        List<DomainStatistics> all = new ArrayList<>(count);
        for (MemorySegment pointer : NativeMemory.pointers(records, count)) {
            MemorySegment record = pointer.reinterpret(RECORD_SIZE);
            MemorySegment domain = record.get(ADDRESS, 0);
            TypedValues values =
                    new TypedValues(
                            TypedParameter.decode(
                                    record.get(ADDRESS, 8), record.get(JAVA_INT, 16)));
            all.add(
                    of(
                            DomainHandle.uuid(domains, arena, domain),
                            NativeMemory.text(domains.virDomainGetName(domain)).orElse(""),
                            values));
        }
        return List.copyOf(all);
    }

    private static DomainStatistics of(UUID uuid, String name, TypedValues values) {
        return new DomainStatistics(
                uuid,
                name,
                DomainState.of(
                        (int) values.number("state.state", 0),
                        (int) values.number("state.reason", 0)),
                new Cpu(
                        nanos(values, "cpu.time"),
                        nanos(values, "cpu.user"),
                        nanos(values, "cpu.system")),
                new Balloon(
                        values.number("balloon.current", -1),
                        values.number("balloon.maximum", -1),
                        values.number("balloon.rss", -1),
                        values.number("balloon.usable", -1),
                        values.number("balloon.available", -1)),
                each(values, "vcpu.current", i -> vcpu(values, i)),
                each(values, "net.count", i -> traffic(values, "net." + i + ".")),
                each(values, "block.count", i -> disk(values, "block." + i + ".")));
    }

    private static <T> List<T> each(TypedValues values, String count, IntFunction<T> one) {
        return IntStream.range(0, (int) values.number(count, 0)).mapToObj(one).toList();
    }

    private static Vcpu vcpu(TypedValues values, int number) {
        String prefix = "vcpu." + number + ".";
        return new Vcpu(number, nanos(values, prefix + "time"), nanos(values, prefix + "wait"));
    }

    private static final List<String> TRAFFIC =
            List.of(
                    "rx.bytes",
                    "rx.pkts",
                    "rx.errs",
                    "rx.drop",
                    "tx.bytes",
                    "tx.pkts",
                    "tx.errs",
                    "tx.drop");

    private static Interface traffic(TypedValues values, String prefix) {
        return new Interface(
                values.text(prefix + "name"),
                InterfaceStatistics.of(i -> values.number(prefix + TRAFFIC.get(i), -1)));
    }

    private static Disk disk(TypedValues values, String prefix) {
        return new Disk(
                values.text(prefix + "name"),
                values.text(prefix + "path"),
                new BlockStatistics(
                        values.number(prefix + "rd.reqs", -1),
                        values.number(prefix + "rd.bytes", -1),
                        values.number(prefix + "wr.reqs", -1),
                        values.number(prefix + "wr.bytes", -1),
                        values.number(prefix + "errors", -1)),
                nanos(values, prefix + "rd.times"),
                nanos(values, prefix + "wr.times"),
                new BlockInfo(
                        values.number(prefix + "capacity", -1),
                        values.number(prefix + "allocation", -1),
                        values.number(prefix + "physical", -1)));
    }

    private static Duration nanos(TypedValues values, String name) {
        return Duration.ofNanos(values.number(name, 0));
    }
}
