package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import cloud.welkin.host.libvirt.CallLanes.Pace;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Serial consoles and screens of a domain. */
public final class DomainConsole {

    private static final int FORCE = 1;
    private static final long CHUNK = 256 * 1024;
    private static final int LARGEST_SCREENSHOT = 128 << 20;

    private final DomainHandle handle;
    private final NativeDomain natives;
    private final NativeSystem system;

    DomainConsole(DomainHandle handle) {
        this.handle = handle;
        this.natives = handle.library().domain;
        this.system = handle.library().system;
    }

    /**
     * Opens the first console; whoever had it open loses it.
     *
     * @throws LibvirtException OPERATION_INVALID if the domain does not run, INTERNAL if it has
     *     none
     */
    public ConsoleStream open() {
        return open(
                (_, domain, stream) ->
                        natives.virDomainOpenConsole(domain, MemorySegment.NULL, stream, FORCE));
    }

    /** {@link #open()} of the console with this alias ({@code serial1}). */
    public ConsoleStream open(String alias) {
        return open(
                (arena, domain, stream) ->
                        natives.virDomainOpenConsole(
                                domain, arena.allocateFrom(alias), stream, FORCE));
    }

    /** A picture of the screen (0 is the first). */
    public Screenshot screenshot(int screen) {
        return handle.call(
                Pace.SLOW,
                (arena, domain) -> {
                    MemorySegment stream = handle.connection().newStream(0);
                    try {
                        String type =
                                NativeMemory.takeText(
                                        handle.errors()
                                                .check(
                                                        natives.virDomainScreenshot(
                                                                domain, stream, screen, 0)));
                        return new Screenshot(type, receiveAll(arena, stream));
                    } finally {
                        system.virStreamFree(stream);
                    }
                });
    }

    private byte[] receiveAll(Arena arena, MemorySegment stream) {
        MemorySegment chunk = arena.allocate(CHUNK);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            while (true) {
                int read = handle.errors().check(system.virStreamRecv(stream, chunk, CHUNK));
                if (read == 0) {
                    break;
                }
                if (all.size() + read > LARGEST_SCREENSHOT) {
                    throw LibvirtException.of(ErrorCode.OVERFLOW, "the screenshot is too large");
                }
                all.writeBytes(chunk.asSlice(0, read).toArray(JAVA_BYTE));
            }
        } catch (RuntimeException failed) {
            system.virStreamAbort(stream);
            throw failed;
        }
        handle.errors().check(system.virStreamFinish(stream));
        return all.toByteArray();
    }

    private interface Opening {
        int on(Arena arena, MemorySegment domain, MemorySegment stream);
    }

    private ConsoleStream open(Opening opening) {
        return handle.call(
                Pace.SLOW,
                (arena, domain) -> {
                    MemorySegment stream = handle.connection().newStream(ConsoleStream.NONBLOCK);
                    try {
                        handle.errors().check(opening.on(arena, domain, stream));
                        return ConsoleStream.of(handle.connection(), stream);
                    } catch (RuntimeException failed) {
                        system.virStreamFree(stream);
                        throw failed;
                    }
                });
    }
}
