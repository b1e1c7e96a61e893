package cloud.welkin.server;

import java.io.IOException;

/** What clients of the cloud need to know, as files in the home: openrc and clouds.yaml. */
final class ClientFiles {
    private ClientFiles() {}

    static void write(Home home, String origin, String adminPassword, String demoPassword)
            throws IOException {
        String url = origin + "/identity/v3";
        Home.write(home.root().resolve("openrc"), openrc(url, adminPassword), "rw-------");
        Home.write(
                home.root().resolve("clouds.yaml"),
                "clouds:\n"
                        + cloud("welkin", url, "admin", "admin", adminPassword)
                        + cloud("welkin-demo", url, "demo", "demo", demoPassword),
                "rw-------");
    }

    private static String openrc(String url, String password) {
        return """
        export OS_AUTH_URL=%s
        export OS_IDENTITY_API_VERSION=3
        export OS_USERNAME=admin
        export OS_PASSWORD=%s
        export OS_PROJECT_NAME=admin
        export OS_USER_DOMAIN_NAME=Default
        export OS_PROJECT_DOMAIN_NAME=Default
        export OS_REGION_NAME=RegionOne
        """
                .formatted(url, quoted(password));
    }

    private static String cloud(
            String name, String url, String user, String project, String password) {
        return """
          %s:
            region_name: RegionOne
            identity_api_version: 3
            auth:
              auth_url: %s
              username: %s
              password: %s
              project_name: %s
              user_domain_name: Default
              project_domain_name: Default
        """
                .formatted(name, url, user, quoted(password), project);
    }

    /**
     * Single quotes mean the same to a shell and to YAML, but for a quote inside, which neither
     * password has.
     */
    private static String quoted(String text) {
        return "'" + text + "'";
    }
}
