package cloud.welkin.kernel.api;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the operation of a path within one API. Literal segments win over variables. */
final class Router {
    /** What was found, with the path's variables. */
    record Match(Operation operation, Map<String, String> variables) {}

    private record Found(Node node, List<String> values) {}

    private static final class Node {
        final Map<String, Node> literals = new HashMap<>();
        @Nullable Node variable;
        @Nullable Node rest;
        final List<Operation> operations = new ArrayList<>();
    }

    private final Node root = new Node();

    Router(List<Operation> operations) {
        operations.forEach(this::add);
    }

    private void add(Operation operation) {
        Node node = root;
        for (PathTemplate.Segment segment : operation.path().segments()) {
            node =
                    switch (segment) {
                        case PathTemplate.Segment.Literal literal ->
                                node.literals.computeIfAbsent(literal.text(), t -> new Node());
                        case PathTemplate.Segment.Variable variable -> {
                            if (node.variable == null) {
                                node.variable = new Node();
                            }
                            yield node.variable;
                        }
                        case PathTemplate.Segment.Rest rest -> {
                            if (node.rest == null) {
                                node.rest = new Node();
                            }
                            yield node.rest;
                        }
                    };
        }
        node.operations.add(operation);
    }

    Match route(String method, List<String> segments, Microversion version) {
        List<Found> candidates = candidates(segments);
        Optional<Match> found = match(candidates, method, version);
        if (found.isEmpty() && method.equals("HEAD")) {
            found = match(candidates, "GET", version);
        }
        return found.orElseThrow(
                () -> {
                    Set<String> allowed = methods(candidates, version);
                    return allowed.isEmpty()
                            ? Failure.notFound("The resource could not be found.")
                            : new Failure(
                                    FailureKind.METHOD_NOT_ALLOWED,
                                    "MethodNotAllowed",
                                    "The method "
                                            + method
                                            + " is not allowed for this resource; allowed: "
                                            + allowed);
                });
    }

    /** The methods that the path has at this version; none when there is no such path. */
    Set<String> allowed(List<String> segments, Microversion version) {
        return methods(candidates(segments), version);
    }

    private static Optional<Match> match(
            List<Found> candidates, String method, Microversion version) {
        for (Found candidate : candidates) {
            for (Operation operation : candidate.node().operations) {
                if (operation.method().equals(method) && operation.existsAt(version)) {
                    List<String> names = operation.path().variables();
                    Map<String, String> variables = new LinkedHashMap<>();
                    for (int i = 0; i < names.size(); i++) {
                        variables.put(names.get(i), candidate.values().get(i));
                    }
                    return Optional.of(new Match(operation, variables));
                }
            }
        }
        return Optional.empty();
    }

    private static SortedSet<String> methods(List<Found> candidates, Microversion version) {
        SortedSet<String> allowed = new TreeSet<>();
        for (Found candidate : candidates) {
            for (Operation operation : candidate.node().operations) {
                if (operation.existsAt(version)) {
                    allowed.add(operation.method());
                }
            }
        }
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        return allowed;
    }

    /**
     * All that the path may be, the most literal first: the word {@code detail} has a GET of its
     * own, and is also the name of something that can be deleted.
     */
    private List<Found> candidates(List<String> segments) {
        List<Found> found = new ArrayList<>(2);
        collect(root, segments, 0, new ArrayList<>(), found);
        return found;
    }

    private static void collect(
            Node node, List<String> segments, int at, List<String> values, List<Found> found) {
        if (at == segments.size()) {
            if (!node.operations.isEmpty()) {
                found.add(new Found(node, List.copyOf(values)));
            }
            return;
        }
        Node literal = node.literals.get(segments.get(at));
        if (literal != null) {
            collect(literal, segments, at + 1, values, found);
        }
        if (node.variable != null && !segments.get(at).isEmpty()) {
            values.add(segments.get(at));
            collect(node.variable, segments, at + 1, values, found);
            values.removeLast();
        }
        if (node.rest != null) {
            values.add(String.join("/", segments.subList(at, segments.size())));
            found.add(new Found(node.rest, List.copyOf(values)));
            values.removeLast();
        }
    }
}
