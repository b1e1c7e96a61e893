package cloud.welkin.server;

/** The host that the program drives itself. */
final class LocalHost {
    private LocalHost() {}

    static void purge(Home home) {}
}
