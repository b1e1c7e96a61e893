package cloud.welkin.network.domain;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/** The protocols that security group rules may name, with their IANA numbers. */
public final class Protocols {
    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ICMPV6 = 58;
    public static final int DCCP = 33;
    public static final int SCTP = 132;
    public static final int UDPLITE = 136;

    private static final Map<String, Integer> NUMBERS =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("ah", 51),
                            Map.entry("dccp", DCCP),
                            Map.entry("egp", 8),
                            Map.entry("esp", 50),
                            Map.entry("gre", 47),
                            Map.entry("hopopt", 0),
                            Map.entry("icmp", ICMP),
                            Map.entry("igmp", 2),
                            Map.entry("ip", 0),
                            Map.entry("ipip", 4),
                            Map.entry("ipv6-encap", 41),
                            Map.entry("ipv6-frag", 44),
                            Map.entry("ipv6-icmp", ICMPV6),
                            Map.entry("icmpv6", ICMPV6),
                            Map.entry("ipv6-nonxt", 59),
                            Map.entry("ipv6-opts", 60),
                            Map.entry("ipv6-route", 43),
                            Map.entry("ospf", 89),
                            Map.entry("pgm", 113),
                            Map.entry("rsvp", 46),
                            Map.entry("sctp", SCTP),
                            Map.entry("tcp", TCP),
                            Map.entry("udp", UDP),
                            Map.entry("udplite", UDPLITE),
                            Map.entry("vrrp", 112)));
    private static final Set<Integer> WITH_PORTS = Set.of(TCP, UDP, DCCP, SCTP, UDPLITE);

    private Protocols() {}

    /**
     * How a protocol is kept: a name as Neutron shows it; empty for "any", which is no protocol.
     */
    public static Optional<String> canonical(String text) {
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (word.equals("any")) {
            return Optional.empty();
        }
        if (number(word).isEmpty()) {
            throw Refusals.bad(
                    "SecurityGroupRuleInvalidProtocol",
                    "Security group rule protocol %s not supported. Only protocol values %s and integer"
                            + " representations [0 to 255] are supported.",
                    text,
                    NUMBERS.keySet());
        }
        return Optional.of(word);
    }

    /** The number of a protocol by name or number; empty when it is neither. */
    public static OptionalInt number(String protocol) {
        Integer known = NUMBERS.get(protocol);
        if (known != null) {
            return OptionalInt.of(known);
        }
        if (protocol.matches("[0-9]{1,3}") && Integer.parseInt(protocol) <= 255) {
            return OptionalInt.of(Integer.parseInt(protocol));
        }
        return OptionalInt.empty();
    }

    public static boolean hasPorts(int number) {
        return WITH_PORTS.contains(number);
    }
}
