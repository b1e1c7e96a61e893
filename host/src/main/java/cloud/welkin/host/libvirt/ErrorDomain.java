package cloud.welkin.host.libvirt;

import java.util.Arrays;

/**
 * The part of libvirt that raised an error (virErrorDomain), as far as it matters to this program.
 */
public enum ErrorDomain {
    NONE(0),
    XML(5),
    DOM(6),
    RPC(7),
    CONF(9),
    QEMU(10),
    TEST(12),
    REMOTE(13),
    LXC(17),
    STORAGE(18),
    NETWORK(19),
    DOMAIN(20),
    SECURITY(24),
    CPU(31),
    DOMAIN_SNAPSHOT(35),
    STREAMS(38),
    EVENT(40),
    LIBXL(41),
    URI(45),
    AUTH(46),
    DEVICE(49),
    CGROUP(54),
    ACCESS(55),
    DOMAIN_CHECKPOINT(69),
    OTHER(-1);

    private final int number;

    ErrorDomain(int number) {
        this.number = number;
    }

    static ErrorDomain of(int number) {
        return Arrays.stream(values())
                .filter(domain -> domain.number == number)
                .findFirst()
                .orElse(OTHER);
    }
}
