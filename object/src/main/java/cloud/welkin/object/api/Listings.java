package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.object.domain.ListingQuery;
import cloud.welkin.object.domain.ListingQuery.Line;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Listings in the three forms of Swift: names a line each, JSON, XML. */
final class Listings {
    static final int MOST = 10_000;

    /** How a listing is written. */
    enum Form {
        PLAIN("text/plain"),
        JSON("application/json"),
        XML("application/xml");

        private final String type;

        Form(String type) {
            this.type = type;
        }

        String contentType() {
            return type + "; charset=utf-8";
        }
    }

    private Listings() {}

    /**
     * The form that is asked for by {@code format} or {@code Accept}.
     *
     * @throws Failure 406 when it is none of the three
     */
    static Form form(Call call) {
        Optional<String> format = call.query().text("format");
        if (format.isPresent()) {
            return switch (format.get()) {
                case "json" -> Form.JSON;
                case "xml" -> Form.XML;
                default -> Form.PLAIN;
            };
        }
        for (String wanted : call.header("Accept").orElse("*/*").split(",", -1)) {
            switch (wanted.split(";", 2)[0].strip()) {
                case "*/*", "text/*", "text/plain", "" -> {
                    return Form.PLAIN;
                }
                case "application/json" -> {
                    return Form.JSON;
                }
                case "application/xml", "text/xml", "application/*" -> {
                    return Form.XML;
                }
                default -> {}
            }
        }
        throw new Failure(
                FailureKind.NOT_ACCEPTABLE,
                "NotAcceptable",
                "The resource identified by the request is only capable of generating response"
                        + " entities which have content characteristics not acceptable according to"
                        + " the accept headers sent in the request.");
    }

    /**
     * @throws Failure 412 when more are wanted than one answer may have
     */
    static ListingQuery query(Call call) {
        int limit =
                call.query()
                        .text("limit")
                        .filter(text -> text.matches("\\d{1,9}"))
                        .map(Integer::parseInt)
                        .orElse(MOST);
        if (limit > MOST) {
            throw new Failure(
                    FailureKind.PRECONDITION_FAILED,
                    "PreconditionFailed",
                    "Maximum limit is " + MOST);
        }
        Optional<String> path = call.query().text("path");
        String directory =
                path.map(it -> it.isEmpty() ? "" : it.replaceAll("/+$", "") + "/").orElse("");
        return new ListingQuery(
                limit,
                parameter(call, "marker"),
                parameter(call, "end_marker"),
                path.isPresent() ? directory : parameter(call, "prefix"),
                path.isPresent() ? "/" : parameter(call, "delimiter"),
                path.isPresent(),
                call.query().text("reverse").filter(Answers::isTrue).isPresent());
    }

    private static String parameter(Call call, String name) {
        return call.query().text(name).orElse("");
    }

    /**
     * Writes a listing.
     *
     * @param around the XML element around it, and its name
     * @param element the XML element of one
     * @param fields of one, in their order, the name among them
     */
    static <T> byte[] write(
            Form form,
            List<Line<T>> lines,
            Map.Entry<String, String> around,
            String element,
            Function<T, Map<String, Object>> fields) {
        return switch (form) {
            case PLAIN -> plain(lines, fields);
            case JSON -> {
                List<Map<String, Object>> all = new ArrayList<>(lines.size());
                for (Line<T> line : lines) {
                    all.add(
                            switch (line) {
                                case Line.Leaf<T>(T thing) -> fields.apply(thing);
                                case Line.Rollup<T>(String name) -> Map.of("subdir", name);
                            });
                }
                yield Json.bytes(all);
            }
            case XML -> xml(lines, around, element, fields);
        };
    }

    private static <T> byte[] plain(List<Line<T>> lines, Function<T, Map<String, Object>> fields) {
        StringBuilder text = new StringBuilder();
        for (Line<T> line : lines) {
            switch (line) {
                case Line.Leaf<T>(T thing) -> text.append(fields.apply(thing).get("name"));
                case Line.Rollup<T>(String name) -> text.append(name);
            }
            text.append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static <T> byte[] xml(
            List<Line<T>> lines,
            Map.Entry<String, String> around,
            String element,
            Function<T, Map<String, Object>> fields) {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<");
        xml.append(around.getKey()).append(" name=\"").append(escaped(around.getValue()));
        xml.append("\">");
        for (Line<T> line : lines) {
            switch (line) {
                case Line.Leaf<T>(T thing) -> {
                    xml.append('<').append(element).append('>');
                    fields.apply(thing)
                            .forEach(
                                    (name, value) ->
                                            xml.append('<')
                                                    .append(name)
                                                    .append('>')
                                                    .append(escaped(String.valueOf(value)))
                                                    .append("</")
                                                    .append(name)
                                                    .append('>'));
                    xml.append("</").append(element).append('>');
                }
                case Line.Rollup<T>(String name) ->
                        xml.append("<subdir name=\"")
                                .append(escaped(name))
                                .append("\"><name>")
                                .append(escaped(name))
                                .append("</name></subdir>");
            }
        }
        return xml.append("</")
                .append(around.getKey())
                .append('>')
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Text within XML; what XML cannot hold at all becomes the replacement character. */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        c -> {
                            switch (c) {
                                case '&' -> escaped.append("&amp;");
                                case '<' -> escaped.append("&lt;");
                                case '>' -> escaped.append("&gt;");
                                case '"' -> escaped.append("&quot;");
                                case '\t', '\n', '\r' -> escaped.append("&#").append(c).append(';');
                                default ->
                                        escaped.appendCodePoint(
                                                c < 0x20 || c == 0xFFFE || c == 0xFFFF
                                                        ? 0xFFFD
                                                        : c);
                            }
                        });
        return escaped.toString();
    }
}
