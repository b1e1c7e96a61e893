package cloud.welkin.host.libvirt;

import java.util.UUID;

/** Something happened to a domain. The name is as of the event. */
public sealed interface DomainEvent extends LibvirtEvent {

    /** The domain's UUID. */
    UUID uuid();

    /** The domain's name. */
    String name();

    /** The domain was defined, started, paused, stopped …: kind and reason in one. */
    record Lifecycle(UUID uuid, String name, LifecycleChange change) implements DomainEvent {}

    /** The guest rebooted itself. */
    record Rebooted(UUID uuid, String name) implements DomainEvent {}

    /** The guest let go of the device; only now its detachment is complete. */
    record DeviceRemoved(UUID uuid, String name, String alias) implements DomainEvent {}

    /** The guest refused to let go of the device: it stays. */
    record DeviceRemovalFailed(UUID uuid, String name, String alias) implements DomainEvent {}

    /** A block job changed; the disk is named by its target ({@code vda}). */
    record BlockJobChanged(
            UUID uuid, String name, String disk, BlockJob.Type type, BlockJobStatus status)
            implements DomainEvent {}

    /** The guest agent appeared or went. */
    record AgentChanged(UUID uuid, String name, boolean connected) implements DomainEvent {}

    /** What became of a block job. */
    enum BlockJobStatus {
        COMPLETED,
        FAILED,
        CANCELED,
        /** Both sides are equal and kept so: pivot or abort now. */
        READY,
        UNKNOWN;

        static BlockJobStatus of(int number) {
            return Numbered.at(values(), number, UNKNOWN);
        }
    }
}
