package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A guest's memory (virDomainMemoryStats): KiB but for counters of faults and the time of the last
 * update (seconds since the epoch). What neither balloon driver nor host tells is not there.
 */
public record MemoryStatistics(Map<Tag, Long> values) {

    /** virDomainMemoryStatTags, in its order. */
    public enum Tag {
        SWAP_IN,
        SWAP_OUT,
        MAJOR_FAULTS,
        MINOR_FAULTS,
        UNUSED,
        AVAILABLE,
        ACTUAL_BALLOON,
        RSS,
        USABLE,
        LAST_UPDATE,
        DISK_CACHES,
        HUGE_PAGES_ALLOCATED,
        HUGE_PAGES_FAILED
    }

    static final int TAGS = Tag.values().length;
    private static final long ONE = 16;
    static final long SIZE = ONE * TAGS;

    public MemoryStatistics {
        values = Map.copyOf(values);
    }

    /** The value of this tag, if it is known. */
    public OptionalLong value(Tag tag) {
        Long value = values.get(tag);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    static MemoryStatistics of(MemorySegment stats, int count) {
        Map<Tag, Long> values = new EnumMap<>(Tag.class);
        for (int i = 0; i < count; i++) {
            int tag = stats.get(JAVA_INT, i * ONE);
            if (tag >= 0 && tag < TAGS) {
                values.put(
                        Numbered.at(Tag.values(), tag, Tag.RSS), stats.get(JAVA_LONG, i * ONE + 8));
            }
        }
        return new MemoryStatistics(values);
    }
}
