package cloud.welkin.server;

/** An address and port to listen on: {@code 127.0.0.1:8780}, {@code [::1]:8780}. */
record Listen(String host, int port) {
    static Listen parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            String host = text.substring(0, Math.max(colon, 0));
            int port = Integer.parseInt(text.substring(colon + 1));
            if (!host.isEmpty() && port >= 0 && port <= 65_535) {
                return new Listen(host.replace("[", "").replace("]", ""), port);
            }
        } catch (NumberFormatException e) {
            // Told below with everything else that is no address.
        }
        throw new Refused("--listen takes ADDRESS:PORT, not " + text);
    }

    /** As it stands in a URL. */
    String authority(int boundPort) {
        String name = host.equals("0.0.0.0") ? "127.0.0.1" : host;
        return (name.contains(":") ? "[" + name + "]" : name) + ":" + boundPort;
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
