package cloud.welkin.host.libvirt;

import cloud.welkin.host.libvirt.CallLanes.Pace;
import java.time.Duration;
import java.util.List;

/**
 * The guest agent of a domain. All calls fail with {@link ErrorCode#AGENT_UNRESPONSIVE} while no
 * agent answers, and what they return was written by the guest: hostile input.
 */
public final class GuestAgent {

    private static final int PASSWORD_ENCRYPTED = 1;

    private final DomainHandle handle;
    private final NativeDomain natives;

    GuestAgent(DomainHandle handle) {
        this.handle = handle;
        this.natives = handle.library().domain;
    }

    /**
     * One command of QEMU's guest agent protocol (JSON) and its answer.
     *
     * @param timeout how long the guest may take, whole seconds
     */
    public String command(String json, Duration timeout) {
        return handle.text(
                Pace.SLOW,
                (arena, domain) ->
                        handle.library()
                                .qemu
                                .virDomainQemuAgentCommand(
                                        domain,
                                        arena.allocateFrom(json),
                                        (int) timeout.toSeconds(),
                                        0));
    }

    /** Freezes all file systems; returns how many. Thaw follows, whatever happens in between. */
    public int freeze() {
        return freeze(List.of());
    }

    /** Freezes the file systems at these mount points; returns how many. */
    public int freeze(List<String> mountPoints) {
        return handle.slow(
                (arena, domain) ->
                        natives.virDomainFSFreeze(
                                domain,
                                NativeMemory.texts(arena, mountPoints),
                                mountPoints.size(),
                                0));
    }

    /** Thaws all file systems; returns how many. */
    public int thaw() {
        return handle.slow(
                (arena, domain) ->
                        natives.virDomainFSThaw(
                                domain, java.lang.foreign.MemorySegment.NULL, 0, 0));
    }

    /** Sets the password of a user of the guest. */
    public void setUserPassword(String user, String password) {
        setPassword(user, password, 0);
    }

    /** Sets the password of a user of the guest, given as the guest's crypt(3) hash. */
    public void setUserPasswordHash(String user, String hash) {
        setPassword(user, hash, PASSWORD_ENCRYPTED);
    }

    private void setPassword(String user, String password, int flags) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainSetUserPassword(
                                domain,
                                arena.allocateFrom(user),
                                arena.allocateFrom(password),
                                flags));
    }
}
