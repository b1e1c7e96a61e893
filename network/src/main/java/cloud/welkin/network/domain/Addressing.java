package cloud.welkin.network.domain;

/** How guests of an IPv6 subnet come by their addresses: Neutron's ipv6_address_mode. */
public enum Addressing {
    SLAAC("slaac"),
    STATEFUL("dhcpv6-stateful"),
    STATELESS("dhcpv6-stateless");

    private final String word;

    Addressing(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /** Whether the guest makes its address of prefix and MAC, so that nobody can choose it. */
    public boolean isAutomatic() {
        return this != STATEFUL;
    }

    public static Addressing of(String word) {
        for (Addressing mode : values()) {
            if (mode.word.equals(word)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(word);
    }
}
