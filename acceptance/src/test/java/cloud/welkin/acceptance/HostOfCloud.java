package cloud.welkin.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The contained host of a home, by the process that holds its namespaces. */
record HostOfCloud(long init) {

    static HostOfCloud of(Path home) {
        try (Stream<Path> all = Files.walk(home.resolve("host"), 2)) {
            Path record =
                    all.filter(file -> file.endsWith("init.pid"))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError("no host runs in " + home));
            return new HostOfCloud(
                    Long.parseLong(Files.readString(record).strip().split(" ", -1)[0]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Command command(String... words) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "nsenter",
                                "-t",
                                Long.toString(init),
                                "-m",
                                "-u",
                                "-p",
                                "-n",
                                "--"));
        all.addAll(List.of(words));
        return Command.of(all);
    }
}
