package cloud.welkin.server;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * The first users' passwords, kept in the home's secrets.
 *
 * @param changed whether admin's was given anew by WELKIN_ADMIN_PASSWORD
 */
record Passwords(String admin, boolean changed, String demo) {
    static Passwords of(Home home, Optional<String> given) throws IOException {
        Optional<String> known = home.secret("admin-password");
        String admin = given.or(() -> known).orElseGet(Passwords::random);
        if (admin.contains("'") || admin.contains("\n")) {
            throw new Refused("WELKIN_ADMIN_PASSWORD must not contain quotes or line breaks");
        }
        Optional<String> demo = home.secret("demo-password");
        if (demo.isEmpty()) {
            home.writeSecret("demo-password", random());
        }
        return new Passwords(
                admin,
                known.isPresent() && !known.get().equals(admin),
                home.secret("demo-password").orElseThrow());
    }

    /** What a reader of the guests' metrics shows; made at the first start. */
    static String metricsToken(Home home) throws IOException {
        if (home.secret("metrics-token").isEmpty()) {
            home.writeSecret("metrics-token", random());
        }
        return home.secret("metrics-token").orElseThrow();
    }

    /** Remembers admin's password, once the database has it. */
    void store(Home home) throws IOException {
        home.writeSecret("admin-password", admin);
    }

    private static String random() {
        byte[] bytes = new byte[18];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "Passwords[…]";
    }
}
