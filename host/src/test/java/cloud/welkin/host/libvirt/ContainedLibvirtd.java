package cloud.welkin.host.libvirt;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/** A real libvirtd with QEMU in namespaces of its own, for one test; closing it leaves nothing. */
final class ContainedLibvirtd implements AutoCloseable {

    private final Path directory;
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;

    ContainedLibvirtd(Path directory) throws IOException {
        this.directory = directory;
        Path script = directory.resolve("contained-libvirtd.sh");
        try (InputStream source =
                ContainedLibvirtd.class.getResourceAsStream("/libvirt/contained-libvirtd.sh")) {
            if (source == null) {
                throw new IOException("contained-libvirtd.sh is not on the class path");
            }
            Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
        }
        process =
                new ProcessBuilder("bash", script.toString(), directory.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        expect("ready");
    }

    String uri() {
        return "qemu+unix:///system?socket=" + directory.resolve("run/libvirt-sock");
    }

    /** An empty qcow2 file. */
    Path disk(String name) throws IOException, InterruptedException {
        Path disk = directory.resolve("disks").resolve(name);
        Process made =
                new ProcessBuilder(
                                "qemu-img", "create", "-q", "-f", "qcow2", disk.toString(), "64M")
                        .inheritIO()
                        .start();
        if (made.waitFor() != 0) {
            throw new IOException("qemu-img");
        }
        return disk;
    }

    /** The daemon dies, guests live on. */
    void killDaemon() throws IOException {
        commands.write("kill-daemon\n");
        commands.flush();
        expect("done");
    }

    private void expect(String answer) throws IOException {
        String line = answers.readLine();
        if (!answer.equals(line)) {
            throw new IOException("contained-libvirtd.sh: " + line);
        }
    }

    @Override
    public void close() throws IOException {
        commands.close(); // the script ends at the end of its input
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
