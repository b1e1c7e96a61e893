package cloud.welkin.testing;

import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.kernel.policy.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * That every operation lets through those whom its rule lets through, and nobody else, tried on
 * things that are really there: the caller's own, others of its domain, and another domain's. What
 * is expected comes from the rules alone. A service gives it a {@link Stage} for each kind of
 * caller and of things, and returns {@link #tests} from a {@code @TestFactory}.
 *
 * <p>Who is refused is told 403, or 404 as of a thing that is not there; who is let through is told
 * anything but a refusal.
 */
public final class IsolationContract {
    /** A caller, and things for it to act on. */
    public interface Stage {
        /** Who acts on what, e.g. {@code domain manager, of another domain}. */
        String name();

        /** Whether the operation can be tried on these things, and was not on others like them. */
        boolean concerns(Operation operation, boolean ruledByTarget);

        /** What the operation is tried with. The things are there until {@link #changed}. */
        Trial of(Operation operation);

        /** An operation was let through that changes things: others take their places. */
        void changed();
    }

    /**
     * One request and what the rules may compare of it.
     *
     * @param path values of the path's variables; one that is missing names nothing that is there
     * @param query with its question mark, or empty
     * @param body where the least that the operation declares would not do
     * @param target the attributes, by policy's names, of what the request is about
     */
    public record Trial(
            Caller caller,
            Map<String, String> path,
            String query,
            Map<String, String> headers,
            Optional<Object> body,
            Map<String, String> target) {}

    private final ApiTester tester;
    private final Api api;
    private final Policy policy;
    private final List<Stage> stages;

    public IsolationContract(ApiTester tester, Api api, List<? extends Stage> stages) {
        this.tester = tester;
        this.api = api;
        this.policy = Policy.of(api.rules(), Map.of());
        this.stages = List.copyOf(stages);
    }

    /** One test for each operation, with every stage that concerns it. */
    public Stream<DynamicTest> tests() {
        return api.operations().stream()
                .filter(operation -> !(operation.access() instanceof Operation.Access.Open))
                .map(
                        operation ->
                                DynamicTest.dynamicTest(
                                        operation + " keeps what its rule keeps apart",
                                        () -> keepsApart(operation)));
    }

    private void keepsApart(Operation operation) {
        List<String> wrong = new ArrayList<>();
        for (Stage stage : stages) {
            if (stage.concerns(operation, ruledByTarget(operation))) {
                Trial trial = stage.of(operation);
                ApiTester.Response response = send(operation, trial);
                boolean allowed =
                        policy.allows(
                                operation.policyName(), trial.caller(), new Target(trial.target()));
                if (allowed ? refused(operation, trial, response) : !isRefusal(response)) {
                    wrong.add(
                            "%s: %d %s, but %s %s %s"
                                    .formatted(
                                            stage.name(),
                                            response.status(),
                                            text(response),
                                            operation.policyName(),
                                            allowed ? "allows it on" : "forbids it on",
                                            trial.target()));
                }
                if (!operation.method().equals("GET") && response.status() < 300) {
                    stage.changed();
                }
            }
        }
        if (!wrong.isEmpty()) {
            throw new AssertionError(operation + "\n" + String.join("\n", wrong));
        }
    }

    private boolean ruledByTarget(Operation operation) {
        return policy.rules().stream()
                .anyMatch(
                        rule ->
                                rule.name().equals(operation.policyName())
                                        && rule.check().contains("%("));
    }

    private static boolean isRefusal(ApiTester.Response response) {
        return response.status() == 403 || response.status() == 404;
    }

    /** A refusal by the rule; what is refused for another reason was let through by the rule. */
    private static boolean refused(Operation operation, Trial trial, ApiTester.Response response) {
        return switch (response.status()) {
            // Others say what is wrong with credentials in the body, not with who asks.
            case 401 -> text(response).contains("requires authentication");
            case 403 -> text(response).contains(operation.policyName());
            // What is not there cannot be shown.
            case 404 -> trial.path().keySet().containsAll(operation.path().variables());
            default -> response.status() >= 500;
        };
    }

    private ApiTester.Response send(Operation operation, Trial trial) {
        String path = operation.path().text();
        for (String variable : operation.path().variables()) {
            path =
                    path.replaceAll(
                            "\\{" + variable + "[^}]*}",
                            trial.path()
                                    .getOrDefault(
                                            variable,
                                            UUID.randomUUID().toString().replace("-", "")));
        }
        ApiTester.Request request =
                tester.method(operation.method(), api.path() + path + trial.query())
                        .by(trial.caller());
        trial.headers().forEach(request::header);
        trial.body()
                .or(
                        () ->
                                operation
                                        .body()
                                        .map(type -> new SampleBody("contract", 1, false).of(type)))
                .ifPresent(request::view);
        return request.send();
    }

    private static String text(ApiTester.Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
