package cloud.welkin.host.agent;

import cloud.welkin.host.libvirt.LibvirtException;
import cloud.welkin.kernel.host.ObservedGuest.Fault;
import java.io.IOException;
import java.util.Locale;

/** What keeps the host from doing as it was told, in the form in which it is reported. */
final class Trouble extends RuntimeException {

    private final Fault fault;

    private Trouble(Fault fault, Throwable cause) {
        super(fault.code() + ": " + fault.detail(), cause);
        this.fault = fault;
    }

    Trouble(String code, String message, String detail) {
        super(code + ": " + detail);
        this.fault = new Fault(code, message, detail, false);
    }

    Fault fault() {
        return fault;
    }

    /** A file could not be made. */
    static Trouble of(IOException failed, String what) {
        String detail = what + ": " + failed;
        return isFull(detail)
                ? new Trouble(
                        new Fault("NoSpace", "The host has no space left.", detail, false), failed)
                : new Trouble(
                        new Fault("DiskFailed", "A disk could not be made.", detail, true), failed);
    }

    /**
     * libvirt refused.
     *
     * @param code what was tried, e.g. {@code DomainStart}
     */
    static Trouble of(LibvirtException failed, String code, String message) {
        String detail = String.valueOf(failed.getMessage());
        if (isFull(detail)) {
            return new Trouble(
                    new Fault("NoSpace", "The host has no space left.", detail, false), failed);
        }
        if (isBadImage(detail)) {
            return new Trouble(
                    new Fault("ImageCorrupt", "A disk's image is damaged.", detail, false), failed);
        }
        return new Trouble(new Fault(code, message, detail, true), failed);
    }

    private static boolean isFull(String detail) {
        return detail.contains("No space left on device");
    }

    private static boolean isBadImage(String detail) {
        String lower = detail.toLowerCase(Locale.ROOT);
        return lower.contains("corrupt")
                || lower.contains("not in qcow2 format")
                || lower.contains("invalid qcow2");
    }
}
