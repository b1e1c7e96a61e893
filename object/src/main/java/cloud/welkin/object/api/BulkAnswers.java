package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is answered to a request that did many things: a good status, with the true one and what
 * failed in the body, as text, JSON or XML (Swift's middleware bulk).
 */
final class BulkAnswers {
    private BulkAnswers() {}

    /** A thing that could not be done. */
    record Failed(String name, String status) {
        static Failed of(String name, Failure failure) {
            return new Failed(name, failure.kind().status() + " " + failure.kind().title());
        }
    }

    /**
     * How it went.
     *
     * @param status of the whole, {@code 200 OK} for instance
     * @param message in words, mostly empty
     */
    record Outcome(String status, String message, List<Failed> errors) {}

    /**
     * @param status of the answer itself
     * @param root the XML element around it
     */
    static void send(
            Call call,
            Exchange exchange,
            int status,
            String root,
            Map<String, Object> counts,
            Outcome outcome) {
        Listings.Form form = Listings.form(call);
        Map<String, String> headers = Answers.headers(call);
        headers.put("Content-Type", form.contentType());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("Response Status", outcome.status());
        fields.put("Response Body", outcome.message());
        fields.putAll(counts);
        List<List<String>> errors =
                outcome.errors().stream()
                        .map(one -> List.of(Names.quoted(one.name()), one.status()))
                        .toList();
        byte[] body =
                switch (form) {
                    case JSON -> {
                        fields.put("Errors", errors);
                        yield Json.bytes(fields);
                    }
                    case PLAIN -> plain(fields, errors).getBytes(StandardCharsets.UTF_8);
                    case XML -> xml(root, fields, errors).getBytes(StandardCharsets.UTF_8);
                };
        Answers.send(exchange, status, headers, body);
    }

    private static String plain(Map<String, Object> fields, List<List<String>> errors) {
        StringBuilder text = new StringBuilder();
        fields.forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
        text.append("Errors:\n");
        errors.forEach(one -> text.append(String.join(", ", one)).append('\n'));
        return text.toString();
    }

    private static String xml(String root, Map<String, Object> fields, List<List<String>> errors) {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.append('<').append(root).append('>');
        fields.forEach(
                (name, value) -> {
                    String element = name.toLowerCase(Locale.ROOT).replace(' ', '_');
                    xml.append('<').append(element).append('>');
                    xml.append(Listings.escaped(String.valueOf(value)));
                    xml.append("</").append(element).append('>');
                });
        xml.append("<errors>");
        errors.forEach(
                one ->
                        xml.append("<object><name>")
                                .append(Listings.escaped(one.get(0)))
                                .append("</name><status>")
                                .append(Listings.escaped(one.get(1)))
                                .append("</status></object>"));
        return xml.append("</errors></").append(root).append('>').toString();
    }
}
