package cloud.welkin.host.contained;

import java.util.List;

/**
 * A program that was run did not end with status 0, did not end in time or could not be run; the
 * message says which.
 */
public final class CommandFailed extends RuntimeException {

    CommandFailed(List<String> argv, String what) {
        super(String.join(" ", argv) + ": " + what);
    }

    CommandFailed(List<String> argv, Throwable cause) {
        super(String.join(" ", argv) + ": " + cause.getMessage(), cause);
    }
}
