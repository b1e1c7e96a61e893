package cloud.welkin.host.contained;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A process and not another one that was later given the same number.
 *
 * @param started clock ticks from the machine's start to the process's, as in proc_pid_stat(5)
 */
record ProcessIdentity(long pid, long started) {

    /** The process that has this number now, unless it is dead and only not yet reaped. */
    static Optional<ProcessIdentity> now(Path proc, long pid) {
        try {
            var stat = Files.readString(proc.resolve(Long.toString(pid)).resolve("stat"));
            // The name, in parentheses, may hold spaces and parentheses itself.
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return switch (fields[0]) {
                case "Z", "X" -> Optional.empty();
                default -> Optional.of(new ProcessIdentity(pid, Long.parseLong(fields[19])));
            };
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    boolean isAlive(Path proc) {
        return now(proc, pid).filter(this::equals).isPresent();
    }

    static List<String> arguments(Path proc, long pid) {
        try {
            var line = Files.readString(proc.resolve(Long.toString(pid)).resolve("cmdline"));
            return List.of(line.split("\0"));
        } catch (IOException e) {
            return List.of();
        }
    }
}
