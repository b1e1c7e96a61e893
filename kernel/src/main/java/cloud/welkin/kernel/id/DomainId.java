package cloud.welkin.kernel.id;

/** The id of a domain; the first one of every cloud is {@code default}, as Keystone names it. */
public record DomainId(String value) {
    public static final DomainId DEFAULT = new DomainId("default");

    @Override
    public String toString() {
        return value;
    }
}
