package cloud.welkin.ovsdb;

import java.nio.file.Path;
import javax.net.ssl.SSLContext;

/** Where a database server listens. */
public sealed interface Remote {

    record Unix(Path path) implements Remote {
        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    record Tcp(String host, int port) implements Remote {
        @Override
        public String toString() {
            return "tcp:%s:%d".formatted(host, port);
        }
    }

    /** TLS; keys, trust and protocol versions are the context's. */
    record Ssl(String host, int port, SSLContext context) implements Remote {
        @Override
        public String toString() {
            return "ssl:%s:%d".formatted(host, port);
        }
    }

    /**
     * Reads {@code unix:PATH} and {@code tcp:HOST:PORT} (an IPv6 host in brackets), as Open vSwitch
     * writes them.
     */
    static Remote parse(String text) {
        if (text.startsWith("unix:")) {
            return new Unix(Path.of(text.substring("unix:".length())));
        }
        int colon = text.lastIndexOf(':');
        if (text.startsWith("tcp:") && colon > "tcp:".length()) {
            var host = text.substring("tcp:".length(), colon);
            var bare =
                    host.startsWith("[") && host.endsWith("]")
                            ? host.substring(1, host.length() - 1)
                            : host;
            return new Tcp(bare, Integer.parseInt(text.substring(colon + 1)));
        }
        throw new IllegalArgumentException("not a remote: " + text);
    }
}
