package cloud.welkin.host.libvirt;

/** A version as libvirt counts: {@code major * 1000000 + minor * 1000 + release}. */
public record Version(int major, int minor, int release) implements Comparable<Version> {

    static Version of(long number) {
        return new Version(
                (int) (number / 1_000_000), (int) (number / 1_000 % 1_000), (int) (number % 1_000));
    }

    @Override
    public int compareTo(Version other) {
        return java.util.Comparator.comparingInt(Version::major)
                .thenComparingInt(Version::minor)
                .thenComparingInt(Version::release)
                .compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + release;
    }
}
