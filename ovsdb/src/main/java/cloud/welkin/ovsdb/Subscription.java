package cloud.welkin.ovsdb;

/** Ends a listener's events when closed. */
public interface Subscription extends AutoCloseable {
    @Override
    void close();
}
