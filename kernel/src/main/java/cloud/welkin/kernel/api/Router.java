package cloud.welkin.kernel.api;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the operation of a path within one API. Literal segments win over variables. */
final class Router {
    /** What was found, with the path's variables. */
    record Match(Operation operation, Map<String, String> variables) {}

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

    /** Whether any operation has this path, whatever its method and version. */
    boolean knows(List<String> segments) {
        return find(root, segments, 0, new ArrayList<>()).isPresent();
    }

    Match route(String method, List<String> segments, Microversion version) {
        List<String> values = new ArrayList<>();
        Node node = find(root, segments, 0, values).orElseThrow(Router::notFound);
        Optional<Operation> found = ofMethod(node, method, version);
        if (found.isEmpty() && method.equals("HEAD")) {
            found = ofMethod(node, "GET", version);
        }
        if (found.isEmpty()) {
            throw missing(node, method, version);
        }
        Operation operation = found.get();
        List<String> names = operation.path().variables();
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            variables.put(names.get(i), values.get(i));
        }
        return new Match(operation, variables);
    }

    private static Optional<Operation> ofMethod(Node node, String method, Microversion version) {
        for (Operation operation : node.operations) {
            if (operation.method().equals(method) && operation.existsAt(version)) {
                return Optional.of(operation);
            }
        }
        return Optional.empty();
    }

    private static Failure missing(Node node, String method, Microversion version) {
        TreeSet<String> allowed = new TreeSet<>();
        for (Operation operation : node.operations) {
            if (operation.existsAt(version)) {
                allowed.add(operation.method());
            }
        }
        if (allowed.isEmpty()) {
            return notFound();
        }
        return new Failure(
                FailureKind.METHOD_NOT_ALLOWED,
                "MethodNotAllowed",
                "The method " + method + " is not allowed for this resource; allowed: " + allowed);
    }

    private static Failure notFound() {
        return Failure.notFound("The resource could not be found.");
    }

    private static Optional<Node> find(
            Node node, List<String> segments, int at, List<String> values) {
        if (at == segments.size()) {
            return node.operations.isEmpty() ? Optional.empty() : Optional.of(node);
        }
        Node literal = node.literals.get(segments.get(at));
        if (literal != null) {
            Optional<Node> found = find(literal, segments, at + 1, values);
            if (found.isPresent()) {
                return found;
            }
        }
        if (node.variable != null && !segments.get(at).isEmpty()) {
            values.add(segments.get(at));
            Optional<Node> found = find(node.variable, segments, at + 1, values);
            if (found.isPresent()) {
                return found;
            }
            values.removeLast();
        }
        if (node.rest != null) {
            values.add(String.join("/", segments.subList(at, segments.size())));
            return Optional.of(node.rest);
        }
        return Optional.empty();
    }
}
