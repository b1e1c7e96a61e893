package cloud.welkin.host.volume;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program on data of tenants: without a shell, with limits on its time, memory and the file
 * that it writes, as nobody where this program may choose (being root). The files are handed over
 * open: it needs no right on any folder.
 */
final class Confined {
    private static final long MEMORY = 2L << 30;
    private static final Duration LONGEST = Duration.ofHours(1);

    /**
     * How it ended.
     *
     * @param errors the first part of what it wrote on standard error
     */
    record Outcome(int code, String errors) {}

    private Confined() {}

    /** Whether programs can be run as another user. */
    static boolean mayChangeUser() {
        return "root".equals(System.getProperty("user.name"));
    }

    static Outcome run(List<String> program, Path in, Path out, long largestFile)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of(
                        "prlimit",
                        "--cpu=" + LONGEST.toSeconds(),
                        "--as=" + MEMORY,
                        "--fsize=" + largestFile,
                        "--core=0",
                        "--"));
        if (mayChangeUser()) {
            command.addAll(
                    List.of(
                            "setpriv",
                            "--reuid=65534",
                            "--regid=65534",
                            "--clear-groups",
                            "--inh-caps=-all",
                            "--no-new-privs",
                            "--"));
        }
        command.addAll(program);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(new java.io.File("/"))
                        .redirectInput(in.toFile())
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()));
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try (var stream = process.getErrorStream()) {
            String errors = new String(stream.readNBytes(4000), StandardCharsets.UTF_8);
            stream.transferTo(java.io.OutputStream.nullOutputStream());
            if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("it did not end within " + LONGEST);
            }
            return new Outcome(process.exitValue(), errors);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
