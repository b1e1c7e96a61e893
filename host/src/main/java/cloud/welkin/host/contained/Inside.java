package cloud.welkin.host.contained;

import java.nio.file.Path;
import java.util.List;

/**
 * The way from the program into a host: none for the machine itself, through namespaces into a
 * contained one.
 */
sealed interface Inside permits Namespace, Inside.Machine {

    /** The command that runs this one inside. */
    List<String> enter(List<String> argv);

    /** The same, but in the named network namespace. */
    List<String> enter(String networkNamespace, List<String> argv);

    /** The {@code ip} program, for the host's own network namespace. */
    List<String> ip(String... arguments);

    /** The {@code /proc} that knows the process numbers of inside. */
    Path proc();

    /** The folder with one entry for each network device. */
    Path devices();

    /** What the names of the network namespaces begin with that belong to the host. */
    String tag();

    /** No way to go: the program runs on the host. */
    record Machine(String tag) implements Inside {
        @Override
        public List<String> enter(List<String> argv) {
            return argv;
        }

        @Override
        public List<String> enter(String networkNamespace, List<String> argv) {
            return Networks.joined(
                    List.of("nsenter", "--net=" + Networks.file(networkNamespace), "--"), argv);
        }

        @Override
        public List<String> ip(String... arguments) {
            return Networks.joined(List.of("ip"), List.of(arguments));
        }

        @Override
        public Path proc() {
            return Path.of("/proc");
        }

        @Override
        public Path devices() {
            return Path.of("/sys/class/net");
        }
    }
}
