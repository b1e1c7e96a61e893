package cloud.welkin.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The server process that runs on a folder of data, found by the folder's postmaster.pid, whoever
 * started it. Pids are reused and a pid file survives a crash, so it counts only while that process
 * is a postgres whose working directory is this very folder.
 *
 * @param ready whether it takes connections, as it says itself
 */
record PostgresProcess(long pid, boolean ready) {
    private static final int STATUS_LINE = 7;

    static Optional<PostgresProcess> on(Path data) throws IOException {
        return pidFile(data)
                .map(lines -> new PostgresProcess(pid(lines), isReady(lines)))
                .filter(process -> process.pid > 0 && process.runsOn(data));
    }

    /**
     * Takes away the pid file of a server that is gone, when its pid has gone to another process:
     * PostgreSQL itself would take that for the server and refuse to start.
     */
    static void removeStalePidFile(Path data) throws IOException {
        Optional<List<String>> lines = pidFile(data);
        if (lines.isPresent() && on(data).isEmpty()) {
            long pid = pid(lines.get());
            if (pid <= 0 || ProcessHandle.of(pid).isPresent()) {
                Files.deleteIfExists(data.resolve("postmaster.pid"));
            }
        }
    }

    boolean runsOn(Path data) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            // Followed by the kernel, whatever mount namespace the server lives in.
            return Files.isSameFile(process.resolve("cwd"), data) && !isZombie(process);
        } catch (IOException gone) {
            return false;
        }
    }

    /** A killed process that nobody has waited for yet still has its folder in /proc. */
    private static boolean isZombie(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        char state = stat.charAt(stat.lastIndexOf(')') + 2);
        return state == 'Z' || state == 'X';
    }

    /** Sends a signal, by name ("INT" is PostgreSQL's fast shutdown, "QUIT" its immediate one). */
    void signal(String name) throws IOException, InterruptedException {
        PostgresPrograms.finish(List.of("kill", "-" + name, Long.toString(pid)));
    }

    /** Waits for the end; whether it came in time. */
    boolean ended(Path data, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (runsOn(data)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(5);
        }
        return true;
    }

    private static Optional<List<String>> pidFile(Path data) throws IOException {
        try {
            return Optional.of(Files.readAllLines(data.resolve("postmaster.pid")));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    private static long pid(List<String> lines) {
        String first = lines.isEmpty() ? "" : lines.getFirst().strip();
        return first.matches("[0-9]{1,10}") ? Long.parseLong(first) : -1;
    }

    private static boolean isReady(List<String> lines) {
        return lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
    }
}
