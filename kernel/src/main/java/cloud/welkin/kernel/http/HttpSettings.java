package cloud.welkin.kernel.http;

import java.time.Duration;

/**
 * Where and how the program listens.
 *
 * @param host the address to bind
 * @param port the port; 0 lets the system choose
 * @param idle how long a silent connection is kept
 */
public record HttpSettings(String host, int port, Duration idle) {}
