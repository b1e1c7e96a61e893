package cloud.welkin.kernel.api;

import cloud.welkin.kernel.policy.Policy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds what is wrong with the declared operations, all of it at once, before the program serves
 * anything.
 */
final class Declarations {
    private Declarations() {}

    static List<String> problems(List<Api> apis, Policy policy) {
        List<String> problems = new ArrayList<>();
        Set<String> paths = new HashSet<>();
        for (Api api : apis) {
            if (!paths.add(api.path())) {
                problems.add("two APIs at " + api.path());
            }
            for (Operation operation : api.operations()) {
                problems(api, operation, policy, problems);
            }
            overlaps(api, problems);
        }
        return problems;
    }

    private static void problems(
            Api api, Operation operation, Policy policy, List<String> problems) {
        String name = api.name() + ": " + operation;
        if (!(operation.access() instanceof Operation.Access.Open)
                && !policy.knows(operation.policyName())) {
            problems.add(name + " has no policy rule or an unknown one");
        }
        if (operation.doc().isBlank()) {
            problems.add(name + " has no doc line");
        }
        if (operation.since().isPresent() && api.versioning().isEmpty()) {
            problems.add(name + " has a version, its API has none");
        }
        if (new HashSet<>(operation.path().variables()).size()
                < operation.path().variables().size()) {
            problems.add(name + " names two path variables alike");
        }
    }

    private static void overlaps(Api api, List<String> problems) {
        List<Operation> operations = api.operations();
        for (int i = 0; i < operations.size(); i++) {
            for (int j = i + 1; j < operations.size(); j++) {
                Operation one = operations.get(i);
                Operation other = operations.get(j);
                if (one.method().equals(other.method())
                        && shape(one).equals(shape(other))
                        && overlap(one, other)) {
                    problems.add(api.name() + ": " + one + " is declared twice");
                }
            }
        }
    }

    private static String shape(Operation operation) {
        return operation.path().text().replaceAll("\\{[^}]*}", "{}");
    }

    private static boolean overlap(Operation one, Operation other) {
        boolean oneBefore =
                one.until().flatMap(last -> other.since().map(last::isBefore)).orElse(false);
        boolean otherBefore =
                other.until().flatMap(last -> one.since().map(last::isBefore)).orElse(false);
        return !oneBefore && !otherBefore;
    }
}
