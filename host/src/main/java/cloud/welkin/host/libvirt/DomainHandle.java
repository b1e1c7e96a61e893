package cloud.welkin.host.libvirt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import java.util.function.ToIntFunction;

/** One domain's pointer, and how calls on it are made: what all rooms of a domain share. */
record DomainHandle(Connection connection, NativeReference reference, UUID uuid, String name) {

    private static final long UUID_TEXT = 37;

    /** A call that may fail by an exception. */
    @FunctionalInterface
    interface Call<T> {
        T on(Arena arena, MemorySegment domain);
    }

    /** A call whose negative result is its failure. */
    @FunctionalInterface
    interface Command {
        int on(Arena arena, MemorySegment domain);
    }

    <T> T call(CallLanes.Pace pace, Call<T> call) {
        return connection.call(pace, reference, call);
    }

    /** Answers at once: needs nobody but the daemon. */
    int quick(ToIntFunction<MemorySegment> command) {
        return call(
                CallLanes.Pace.QUICK, (_, domain) -> errors().check(command.applyAsInt(domain)));
    }

    /** Waits for hypervisor, guest or other jobs. */
    int slow(Command command) {
        return call(
                CallLanes.Pace.SLOW, (arena, domain) -> errors().check(command.on(arena, domain)));
    }

    /** A call that returns a string of its own, or NULL at failure. */
    String text(CallLanes.Pace pace, Call<MemorySegment> call) {
        return call(
                pace,
                (arena, domain) -> NativeMemory.takeText(errors().check(call.on(arena, domain))));
    }

    LastError errors() {
        return connection.errors();
    }

    Libvirt library() {
        return connection.library();
    }

    /** The pointer's UUID, which it holds itself. */
    static UUID uuid(NativeDomain domains, Arena arena, MemorySegment domain) {
        MemorySegment text = arena.allocate(UUID_TEXT);
        if (domains.virDomainGetUUIDString(domain, text) < 0) {
            throw LibvirtException.of(ErrorCode.INVALID_DOMAIN, "a domain without UUID");
        }
        return UUID.fromString(text.getString(0));
    }
}
