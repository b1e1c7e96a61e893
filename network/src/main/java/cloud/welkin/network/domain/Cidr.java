package cloud.welkin.network.domain;

import java.math.BigInteger;
import java.util.Optional;

/**
 * A block of addresses: the first of them and the length of the prefix. Host bits are always zero.
 */
public record Cidr(Ip first, int prefix) {

    /**
     * The block around the address that the text spells ({@code 10.0.0.7/24} is 10.0.0.0/24); empty
     * for anything else.
     */
    public static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        return Ip.parse(address)
                .flatMap(
                        ip -> {
                            int prefix = slash < 0 ? ip.bits() : length(text.substring(slash + 1));
                            return prefix < 0 || prefix > ip.bits()
                                    ? Optional.empty()
                                    : Optional.of(around(ip, prefix));
                        });
    }

    public static Cidr of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not a CIDR: " + text));
    }

    /** The block of this size that holds the address. */
    public static Cidr around(Ip ip, int prefix) {
        int host = ip.bits() - prefix;
        return new Cidr(new Ip(ip.version(), ip.number().shiftRight(host).shiftLeft(host)), prefix);
    }

    public int version() {
        return first.version();
    }

    public BigInteger size() {
        return BigInteger.ONE.shiftLeft(first.bits() - prefix);
    }

    public Ip last() {
        return first.plus(size().subtract(BigInteger.ONE));
    }

    public boolean contains(Ip ip) {
        return ip.version() == version() && first.compareTo(ip) <= 0 && ip.compareTo(last()) <= 0;
    }

    public boolean contains(Cidr other) {
        return contains(other.first) && other.prefix >= prefix;
    }

    public boolean overlaps(Cidr other) {
        return contains(other.first) || other.contains(first);
    }

    @Override
    public String toString() {
        return first + "/" + prefix;
    }

    private static int length(String text) {
        return text.isEmpty()
                        || text.length() > 3
                        || !text.chars().allMatch(c -> c >= '0' && c <= '9')
                ? -1
                : Integer.parseInt(text);
    }
}
