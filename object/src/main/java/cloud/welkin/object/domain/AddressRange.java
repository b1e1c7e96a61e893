package cloud.welkin.object.domain;

import java.net.InetAddress;
import java.util.Optional;

/**
 * The addresses of a network: {@code 192.0.2.0/24}, {@code 2001:db8::/32}, or one address. What
 * cannot be read contains none.
 */
public final class AddressRange {
    private final Optional<InetAddress> first;
    private final int bits;

    private AddressRange(Optional<InetAddress> first, int bits) {
        this.first = first;
        this.bits = bits;
    }

    public static AddressRange parse(String text) {
        String[] halves = text.split("/", 2);
        Optional<InetAddress> first = address(halves[0]);
        int longest = first.map(it -> it.getAddress().length * 8).orElse(0);
        if (halves.length == 1) {
            return new AddressRange(first, longest);
        }
        boolean good = halves[1].matches("\\d{1,3}") && Integer.parseInt(halves[1]) <= longest;
        return good
                ? new AddressRange(first, Integer.parseInt(halves[1]))
                : new AddressRange(Optional.empty(), 0);
    }

    public boolean contains(String address) {
        Optional<InetAddress> other = address(address);
        if (first.isEmpty() || other.isEmpty()) {
            return false;
        }
        byte[] mine = first.get().getAddress();
        byte[] its = other.get().getAddress();
        if (mine.length != its.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((mine[bit / 8] & mask) != (its[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** Literals only: no name is ever looked up. */
    private static Optional<InetAddress> address(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
