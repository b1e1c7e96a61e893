package cloud.welkin.kernel.api;

import java.util.ArrayList;
import java.util.List;

/**
 * A path such as {@code /servers/{server_id}/action}; a last segment {@code {name...}} takes all
 * the rest.
 */
public record PathTemplate(String text, List<Segment> segments) {
    /** A piece between slashes. */
    sealed interface Segment {
        record Literal(String text) implements Segment {}

        record Variable(String name) implements Segment {}

        record Rest(String name) implements Segment {}
    }

    static PathTemplate of(String text) {
        if (!text.isEmpty() && !text.startsWith("/")) {
            throw new IllegalArgumentException("a path begins with a slash: " + text);
        }
        List<Segment> segments = new ArrayList<>();
        for (String part : split(text)) {
            if (part.startsWith("{") && part.endsWith("...}")) {
                segments.add(new Segment.Rest(part.substring(1, part.length() - 4)));
            } else if (part.startsWith("{") && part.endsWith("}")) {
                segments.add(new Segment.Variable(part.substring(1, part.length() - 1)));
            } else {
                segments.add(new Segment.Literal(part));
            }
        }
        return new PathTemplate(text, List.copyOf(segments));
    }

    /** The names of the variables, in order. */
    public List<String> variables() {
        return segments.stream()
                .<String>mapMulti(
                        (segment, out) -> {
                            switch (segment) {
                                case Segment.Variable variable -> out.accept(variable.name());
                                case Segment.Rest rest -> out.accept(rest.name());
                                case Segment.Literal literal -> {}
                            }
                        })
                .toList();
    }

    static List<String> split(String path) {
        List<String> parts = new ArrayList<>();
        int from = path.startsWith("/") ? 1 : 0;
        while (from < path.length()) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            parts.add(path.substring(from, to));
            from = to + 1;
        }
        return parts;
    }
}
