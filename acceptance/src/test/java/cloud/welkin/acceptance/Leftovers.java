package cloud.welkin.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a purged cloud must not leave on the machine: its home, mounts, processes, network
 * namespaces.
 */
final class Leftovers {
    private Leftovers() {}

    static List<String> of(Path home, List<String> namespaces) {
        List<String> left = new ArrayList<>();
        if (Files.exists(home)) {
            left.add(
                    "the home "
                            + home
                            + ": "
                            + Command.of("ls", "-RA", home.toString()).run().out());
        }
        for (Path process : processes()) {
            if (read(process.resolve("cmdline")).replace('\0', ' ').contains(home + "/")
                    || read(process.resolve("mountinfo")).contains(home + "/")) {
                left.add(process + ": " + read(process.resolve("cmdline")).replace('\0', ' '));
            }
        }
        for (String namespace : namespaces) {
            if (Files.exists(Path.of("/run/netns", namespace))) {
                left.add("network namespace " + namespace);
            }
        }
        return left;
    }

    /**
     * The network namespaces that processes of this home have open by name: they are named in its
     * state.
     */
    static List<String> namespaces(Path home) {
        Path prefix = home.resolve("host/exec-prefix");
        if (!Files.exists(prefix)) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        var tag = java.util.regex.Pattern.compile("welkin-[0-9a-f]+").matcher(read(prefix));
        if (!tag.find()) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(Path.of("/run/netns"))) {
            all.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(tag.group()))
                    .forEach(names::add);
        } catch (IOException e) {
            return List.of();
        }
        return names;
    }

    private static List<Path> processes() {
        long self = ProcessHandle.current().pid();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .filter(path -> !path.getFileName().toString().equals(Long.toString(self)))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it ended while we looked
        }
    }
}
