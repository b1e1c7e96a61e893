package cloud.welkin.host.libvirt;

/**
 * What a connection tells its listeners. Events are hints: they come while the connection lives and
 * the listener keeps up, so whoever must not miss anything looks at the whole state after {@link
 * ConnectionClosed} and {@link EventsLost}.
 */
public sealed interface LibvirtEvent
        permits DomainEvent, LibvirtEvent.ConnectionClosed, LibvirtEvent.EventsLost {

    /** The connection is gone for good; open a new one. */
    record ConnectionClosed(CloseReason reason) implements LibvirtEvent {}

    /** The listener was too slow: so many events were dropped before this one. */
    record EventsLost(long count) implements LibvirtEvent {}

    /** Why a connection ended. */
    enum CloseReason {
        ERROR,
        /** The daemon ended or was restarted. */
        END_OF_FILE,
        /** The daemon did not answer keepalive. */
        KEEPALIVE,
        /** This program closed it. */
        CLIENT,
        UNKNOWN;

        static CloseReason of(int number) {
            return Numbered.at(values(), number, UNKNOWN);
        }
    }
}
