package cloud.welkin.kernel.host;

/** The name of a host, as {@code openstack hypervisor list} shows it. */
public record HostName(String value) implements Comparable<HostName> {
    @Override
    public int compareTo(HostName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
