package cloud.welkin.kernel.api;

import cloud.welkin.kernel.failure.Failure;
import java.time.DateTimeException;

/**
 * Refuses queries that an operation does not understand: unknown names, values of the wrong kind.
 */
final class QueryCheck {
    private QueryCheck() {}

    static void check(Operation operation, Query query, Microversion version) {
        for (String name : query.values().keySet()) {
            if (name.indexOf('\0') >= 0
                    || query.all(name).stream().anyMatch(v -> v.indexOf('\0') >= 0)) {
                throw Failure.badRequest("A query parameter contains a NUL character.");
            }
            Param param = find(operation, name);
            if (param == null) {
                if (!operation.takesAnyParam(version)) {
                    throw Failure.badRequest(
                            "Invalid input for query parameters. Additional properties are not"
                                    + " allowed ('%s' was unexpected)",
                            name.length() > 100 ? name.substring(0, 100) : name);
                }
                continue;
            }
            check(param, name, query);
        }
    }

    private static void check(Param param, String name, Query query) {
        switch (param.kind()) {
            case TEXT -> {}
            case INTEGER -> query.integer(name);
            case BOOLEAN -> query.bool(name);
            case UUID -> query.uuid(name);
            case TIME ->
                    query.text(name)
                            .ifPresent(
                                    text -> {
                                        try {
                                            Times.parse(text);
                                        } catch (DateTimeException e) {
                                            throw Failure.badRequest(
                                                    "Invalid input for query parameter %s. Value:"
                                                            + " %s. It is not a time.",
                                                    name, text);
                                        }
                                    });
        }
    }

    private static @org.jspecify.annotations.Nullable Param find(Operation operation, String name) {
        for (Param param : operation.params()) {
            String declared = param.name();
            if (declared.equals(name)
                    || (declared.endsWith("*")
                            && name.startsWith(declared.substring(0, declared.length() - 1)))) {
                return param;
            }
        }
        return null;
    }
}
