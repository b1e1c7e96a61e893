package cloud.welkin.network.domain;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A range of addresses to hand out, both ends included. All arithmetic of allocation is here and
 * pure; what keeps two ports from one address is the primary key of the address rows.
 */
public record Pool(Ip start, Ip end) {
    /** Up to this size the free addresses of pools are listed one by one. */
    private static final BigInteger SMALL = BigInteger.valueOf(1 << 16);

    public BigInteger size() {
        return end.number().subtract(start.number()).add(BigInteger.ONE);
    }

    public boolean contains(Ip ip) {
        return ip.version() == start.version()
                && start.compareTo(ip) <= 0
                && ip.compareTo(end) <= 0;
    }

    public boolean overlaps(Pool other) {
        return contains(other.start) || other.contains(start);
    }

    /**
     * What Neutron hands out of a subnet unless told otherwise: all but network, broadcast and
     * gateway.
     */
    public static List<Pool> usual(Cidr cidr, Optional<Ip> gateway) {
        Ip first = cidr.first();
        Ip last = cidr.last();
        if (cidr.version() == 4 && cidr.prefix() < 31) {
            first = first.plus(1);
            last = last.plus(-1);
        } else if (cidr.version() == 6 && cidr.prefix() < 127) {
            first = first.plus(1);
        }
        Pool all = new Pool(first, last);
        return gateway.filter(all::contains).map(all::without).orElse(List.of(all));
    }

    private List<Pool> without(Ip ip) {
        List<Pool> parts = new ArrayList<>();
        if (start.compareTo(ip) < 0) {
            parts.add(new Pool(start, ip.plus(-1)));
        }
        if (ip.compareTo(end) < 0) {
            parts.add(new Pool(ip.plus(1), end));
        }
        return parts;
    }

    /** Some addresses of the pools, at random, without looking at what is taken. */
    public static Set<Ip> candidates(List<Pool> pools, int count, RandomGenerator random) {
        BigInteger total = total(pools);
        Set<Ip> chosen = new LinkedHashSet<>();
        if (total.signum() == 0) {
            return chosen;
        }
        for (int i = 0; i < count; i++) {
            chosen.add(at(pools, below(total, random)));
        }
        return chosen;
    }

    /**
     * Some addresses of the pools that are not taken, at random; empty when none is left. For pools
     * of up to 65,536 addresses every free one can be found; in larger ones, which are never nearly
     * full, misses are drawn again.
     */
    public static Set<Ip> free(List<Pool> pools, Set<Ip> taken, int count, RandomGenerator random) {
        BigInteger total = total(pools);
        Set<Ip> chosen = new LinkedHashSet<>();
        if (total.compareTo(SMALL) > 0) {
            for (int tries = 0; tries < 10_000 && chosen.size() < count; tries++) {
                Ip ip = at(pools, below(total, random));
                if (!taken.contains(ip)) {
                    chosen.add(ip);
                }
            }
            return chosen;
        }
        List<Ip> left = new ArrayList<>();
        for (Pool pool : pools) {
            for (Ip ip = pool.start; ip.compareTo(pool.end) <= 0; ip = ip.plus(1)) {
                if (!taken.contains(ip)) {
                    left.add(ip);
                }
            }
        }
        while (!left.isEmpty() && chosen.size() < count) {
            chosen.add(left.remove(random.nextInt(left.size())));
        }
        return chosen;
    }

    public static BigInteger total(List<Pool> pools) {
        return pools.stream().map(Pool::size).reduce(BigInteger.ZERO, BigInteger::add);
    }

    private static Ip at(List<Pool> pools, BigInteger index) {
        BigInteger left = index;
        for (Pool pool : pools) {
            if (left.compareTo(pool.size()) < 0) {
                return pool.start.plus(left);
            }
            left = left.subtract(pool.size());
        }
        throw new IllegalArgumentException("no address " + index);
    }

    private static BigInteger below(BigInteger bound, RandomGenerator random) {
        return new BigInteger(bound.bitLength() + 64, new java.util.Random(random.nextLong()))
                .mod(bound);
    }
}
