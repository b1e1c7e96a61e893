package cloud.welkin.compute.api;

import cloud.welkin.kernel.failure.Failure;

/** A hostname that a user chose: since 2.94 it may be fully qualified. */
final class Hostnames {
    private static final int LONGEST = 255;
    private static final String LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

    private Hostnames() {}

    static String check(String name) {
        if (name.length() > LONGEST || !name.matches(LABEL + "(\\." + LABEL + ")*")) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute hostname. Value: %s. It is not a host name.",
                    name);
        }
        return name;
    }
}
