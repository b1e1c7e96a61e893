package cloud.welkin.network.domain;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** How subnets are cut of a pool's blocks. Pure. */
public final class Cutting {
    private static final int QUOTA_UNIT_OF_SIX = 64;

    private Cutting() {}

    /** The same addresses in as few blocks as can be, in order. */
    public static List<Cidr> compact(Collection<Cidr> blocks) {
        List<Cidr> left = new ArrayList<>(blocks);
        left.sort(Comparator.comparing(Cidr::first).thenComparingInt(Cidr::prefix));
        List<Cidr> done = new ArrayList<>();
        for (Cidr block : left) {
            if (!done.isEmpty() && done.getLast().contains(block)) {
                continue;
            }
            done.add(block);
            while (done.size() > 1 && areHalves(done.get(done.size() - 2), done.getLast())) {
                Cidr half = done.removeLast();
                done.set(done.size() - 1, Cidr.around(half.first(), half.prefix() - 1));
            }
        }
        return List.copyOf(done);
    }

    private static boolean areHalves(Cidr one, Cidr other) {
        return one.prefix() == other.prefix()
                && one.prefix() > 0
                && Cidr.around(one.first(), one.prefix() - 1)
                        .equals(Cidr.around(other.first(), one.prefix() - 1));
    }

    /**
     * The block of this prefix length to be cut next: the first of the smallest gap that holds one;
     * empty when there is none.
     */
    public static Optional<Cidr> next(
            Collection<Cidr> prefixes, Collection<Cidr> taken, int length) {
        return gaps(prefixes, taken).stream()
                .filter(gap -> gap.prefix() <= length)
                .max(
                        Comparator.comparingInt(Cidr::prefix)
                                .thenComparing(Cidr::first, Comparator.reverseOrder()))
                .map(gap -> new Cidr(gap.first(), length));
    }

    /** Whether all of the block is in the pool, and nothing of it is taken. */
    public static boolean isFree(Collection<Cidr> prefixes, Collection<Cidr> taken, Cidr block) {
        return prefixes.stream().anyMatch(prefix -> prefix.contains(block))
                && taken.stream().noneMatch(block::overlaps);
    }

    /** Whether every address of the second is one of the first. */
    public static boolean covers(Collection<Cidr> all, Collection<Cidr> some) {
        return some.stream().allMatch(one -> all.stream().anyMatch(each -> each.contains(one)));
    }

    /** What a block counts in quota: its addresses, or its blocks of /64 (at least one). */
    public static BigInteger units(Cidr block) {
        return block.version() == 4
                ? block.size()
                : BigInteger.ONE.shiftLeft(Math.max(QUOTA_UNIT_OF_SIX - block.prefix(), 0));
    }

    private static List<Cidr> gaps(Collection<Cidr> prefixes, Collection<Cidr> taken) {
        List<Cidr> gaps = new ArrayList<>();
        prefixes.forEach(prefix -> addGaps(prefix, taken, gaps));
        return gaps;
    }

    private static void addGaps(Cidr block, Collection<Cidr> taken, List<Cidr> gaps) {
        List<Cidr> within = taken.stream().filter(block::overlaps).toList();
        if (within.isEmpty()) {
            gaps.add(block);
        } else if (within.stream().noneMatch(each -> each.contains(block))) {
            int half = block.prefix() + 1;
            addGaps(new Cidr(block.first(), half), within, gaps);
            addGaps(Cidr.around(block.last(), half), within, gaps);
        }
    }
}
