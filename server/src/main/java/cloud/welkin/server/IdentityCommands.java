package cloud.welkin.server;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What an operator does about accounts and tokens beside the API. */
final class IdentityCommands {
    private IdentityCommands() {}

    @Command(
            name = "audit",
            description = "Prints who signed in and changed what, as CADF events, one a line.")
    static final class AuditTrail implements Callable<Integer> {
        @Option(names = "--home", required = true)
        Path home = Path.of("");

        @Option(names = "--since", description = "Those of the last 15m, 24h, 7d …")
        Optional<String> since = Optional.empty();

        @Option(names = "--user", description = "Those of the user with this id.")
        Optional<String> user = Optional.empty();

        @Option(names = "--target", description = "Those that were done to the thing of this id.")
        Optional<String> target = Optional.empty();

        @Option(names = "--action", description = "authenticate, create, update, delete or revoke.")
        Optional<String> action = Optional.empty();

        @Option(names = "--outcome", description = "success or failure.")
        Optional<String> outcome = Optional.empty();

        @Option(names = "--limit", description = "At most so many, the newest; 100.")
        Optional<String> limit = Optional.empty();

        @Override
        public Integer call() throws IOException {
            return ControlClient.print(
                    home,
                    "/audit?"
                            + Stream.of(
                                            value("since", since),
                                            value("user", user),
                                            value("target", target),
                                            value("action", action),
                                            value("outcome", outcome),
                                            value("limit", limit))
                                    .flatMap(Optional::stream)
                                    .collect(Collectors.joining("&")));
        }
    }

    @Command(name = "keys", description = "Shows the keys of tokens and of SAML, and rotates keys.")
    static final class KeyRotation implements Callable<Integer> {
        @Option(names = "--home", required = true)
        Path home = Path.of("");

        @Option(
                names = "--rotate",
                description = "tokens, credentials or saml: the next key is used from now on.")
        Optional<String> rotate = Optional.empty();

        @Override
        public Integer call() throws IOException {
            return value("rotate", rotate).isPresent()
                    ? ControlClient.print(
                            home, "POST", "/keys?" + value("rotate", rotate).orElseThrow())
                    : ControlClient.print(home, "/keys");
        }
    }

    @Command(
            name = "policy-check",
            description = "Says why somebody may or may not do a thing; 1 if not.")
    static final class PolicyCheck implements Callable<Integer> {
        @Option(names = "--home", required = true)
        Path home = Path.of("");

        @Option(
                names = "--user",
                description = "Whom to ask about, by id or name; else the caller of OS_TOKEN.")
        Optional<String> user = Optional.empty();

        @Option(names = "--user-domain", description = "Of the user's name; Default.")
        Optional<String> userDomain = Optional.empty();

        @Option(names = "--project", description = "With a token for this project.")
        Optional<String> project = Optional.empty();

        @Option(names = "--project-domain", description = "Of the project's name; the user's.")
        Optional<String> projectDomain = Optional.empty();

        @Option(names = "--domain", description = "With a token for this domain.")
        Optional<String> domain = Optional.empty();

        @Option(names = "--system", description = "With a token for the system.")
        boolean system;

        @Parameters(index = "0", description = "The rule, e.g. identity:create_user.")
        String rule = "";

        @Parameters(index = "1..*", description = "Attributes of the thing: NAME=VALUE.")
        List<String> target = List.of();

        @Override
        public Integer call() throws IOException {
            String token = System.getenv().getOrDefault("OS_TOKEN", "");
            if (!token.matches("[!-~]*")) {
                throw new Refused("the token in OS_TOKEN has other signs than tokens have");
            }
            return ControlClient.print(
                    home,
                    question(),
                    token.isEmpty() ? Map.of() : Map.of(PolicyControl.TOKEN, token));
        }

        String question() {
            return "/policy/check?"
                    + Stream.concat(
                                    Stream.of(
                                                    value("rule", Optional.of(rule)),
                                                    value("user", user),
                                                    value("user-domain", userDomain),
                                                    value("project", project),
                                                    value("project-domain", projectDomain),
                                                    value("domain", domain),
                                                    system
                                                            ? Optional.of("system=all")
                                                            : Optional.<String>empty())
                                            .flatMap(Optional::stream),
                                    target.stream()
                                            .flatMap(
                                                    pair ->
                                                            value("target", Optional.of(pair))
                                                                    .stream()))
                            .collect(Collectors.joining("&"));
        }
    }

    private static Optional<String> value(String name, Optional<String> given) {
        return given.map(text -> name + "=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
    }
}
