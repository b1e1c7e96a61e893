package cloud.welkin.acceptance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Debian's {@code openstack} command, as a person uses it. */
final class OpenStackCli {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    /** Runs the words of one command to its end. */
    @FunctionalInterface
    interface Runner {
        Command.Output run(List<String> words);
    }

    private final Runner runner;

    OpenStackCli(String origin, Rest.User user) {
        Map<String, String> environment = environment(origin, user);
        this(
                words -> {
                    List<String> all = new ArrayList<>(List.of("openstack"));
                    all.addAll(words);
                    return Command.of(all).with(environment).within(LIMIT).run();
                });
    }

    OpenStackCli(Runner runner) {
        this.runner = runner;
    }

    /** What the command finds its cloud and its user by. */
    static Map<String, String> environment(String origin, Rest.User user) {
        return Map.of(
                "OS_AUTH_URL",
                origin + "/identity/v3",
                "OS_IDENTITY_API_VERSION",
                "3",
                "OS_USERNAME",
                user.name(),
                "OS_PASSWORD",
                user.password(),
                "OS_PROJECT_NAME",
                user.project(),
                "OS_USER_DOMAIN_NAME",
                "Default",
                "OS_PROJECT_DOMAIN_NAME",
                "Default",
                "OS_REGION_NAME",
                "RegionOne");
    }

    /** A command's words, and options that several have in common. */
    static String[] words(String[] options, String... words) {
        return Stream.of(words, options).flatMap(Arrays::stream).toArray(String[]::new);
    }

    /** Runs a command that must succeed: what it printed. */
    String run(String... words) {
        return attempt(words).text();
    }

    /** The command's answer as JSON. */
    JsonNode json(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("-f");
        all.add("json");
        return Rest.JSON.readTree(attempt(all.toArray(String[]::new)).text());
    }

    /** One column of a list. */
    List<String> column(String name, String... words) {
        return json(words).valueStream().map(row -> row.path(name).asString("")).toList();
    }

    Command.Output attempt(String... words) {
        return runner.run(List.of(words));
    }
}
