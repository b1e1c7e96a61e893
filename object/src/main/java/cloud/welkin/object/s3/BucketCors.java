package cloud.welkin.object.s3;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.CorsRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Pages of other sites: a bucket's rules, and what browsers are told by them. */
final class BucketCors {
    /** Where a container keeps its rules. */
    static final String SETTING = "x-s3-cors";

    private static final int MOST_RULES = 100;
    private static final Set<String> METHODS = Set.of("GET", "PUT", "POST", "DELETE", "HEAD");

    private BucketCors() {}

    /**
     * @throws cloud.welkin.kernel.failure.Failure MalformedXML, InvalidRequest for other methods
     */
    static List<CorsRule> read(byte[] document) {
        List<CorsRule> rules = new ArrayList<>();
        for (Xml.Part rule : Xml.read(document, "CORSConfiguration").all("CORSRule")) {
            CorsRule read =
                    new CorsRule(
                            texts(rule, "AllowedOrigin"),
                            texts(rule, "AllowedMethod"),
                            texts(rule, "AllowedHeader"),
                            texts(rule, "ExposeHeader"),
                            rule.text("MaxAgeSeconds")
                                    .filter(it -> it.matches("\\d{1,9}"))
                                    .map(it -> OptionalInt.of(Integer.parseInt(it)))
                                    .orElse(OptionalInt.empty()));
            if (read.origins().isEmpty() || read.methods().isEmpty()) {
                throw S3Code.MalformedXML.failure();
            }
            if (!METHODS.containsAll(read.methods())) {
                throw S3Code.InvalidRequest.failure(
                        "Found unsupported HTTP method in CORS config.");
            }
            rules.add(read);
        }
        if (rules.isEmpty() || rules.size() > MOST_RULES) {
            throw S3Code.MalformedXML.failure();
        }
        return rules;
    }

    /** They end up in headers: what could end a header is no part of them. */
    private static List<String> texts(Xml.Part rule, String name) {
        return rule.all(name).stream()
                .map(it -> it.element().getTextContent().strip())
                .peek(
                        it -> {
                            if (it.isEmpty()
                                    || it.chars().anyMatch(c -> c <= ' ' || c > '~')
                                    || it.indexOf('*') != it.lastIndexOf('*')) {
                                throw S3Code.MalformedXML.failure();
                            }
                        })
                .toList();
    }

    static Xml written(List<CorsRule> rules) {
        Xml xml = new Xml("CORSConfiguration", Xml.NAMESPACE);
        rules.forEach(
                rule ->
                        xml.in(
                                "CORSRule",
                                it -> {
                                    rule.origins().forEach(one -> it.text("AllowedOrigin", one));
                                    rule.methods().forEach(one -> it.text("AllowedMethod", one));
                                    rule.headers().forEach(one -> it.text("AllowedHeader", one));
                                    rule.exposed().forEach(one -> it.text("ExposeHeader", one));
                                    rule.maxAge().ifPresent(one -> it.text("MaxAgeSeconds", one));
                                }));
        return xml;
    }

    private static Optional<CorsRule> rule(Container container, String origin, String method) {
        return container
                .header(SETTING)
                .flatMap(
                        text ->
                                CorsRule.rules(text).stream()
                                        .filter(it -> it.admits(origin, method))
                                        .findFirst());
    }

    /** Adds what tells a browser that the page may see the answer. */
    static void add(Map<String, String> headers, Call call, Container container) {
        Optional<String> origin = call.header("Origin");
        Optional<CorsRule> rule =
                origin.flatMap(it -> rule(container, it, call.operation().method()));
        if (rule.isEmpty()) {
            return;
        }
        allow(headers, rule.get(), origin.orElseThrow());
        if (!rule.get().exposed().isEmpty()) {
            headers.put("Access-Control-Expose-Headers", String.join(", ", rule.get().exposed()));
        }
    }

    private static void allow(Map<String, String> headers, CorsRule rule, String origin) {
        boolean all = rule.origins().contains("*");
        headers.put("Access-Control-Allow-Origin", all ? "*" : origin);
        headers.put(
                "Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    }

    /**
     * Answers a browser that asks before it asks.
     *
     * @throws cloud.welkin.kernel.failure.Failure AccessDenied when no rule lets it
     */
    static void preflight(Call call, Exchange exchange, Optional<Container> container) {
        String origin =
                call.header("Origin")
                        .orElseThrow(
                                () ->
                                        S3Code.InvalidRequest.failure(
                                                "Insufficient information. Origin request header"
                                                        + " needed."));
        String method = call.header("Access-Control-Request-Method").orElse("");
        List<String> wanted =
                call.header("Access-Control-Request-Headers")
                        .map(it -> Arrays.stream(it.split(",")).map(String::strip).toList())
                        .orElse(List.of());
        CorsRule rule =
                container
                        .flatMap(it -> rule(it, origin, method))
                        .filter(it -> it.admitsHeaders(wanted))
                        .orElseThrow(
                                () ->
                                        S3Code.AccessDenied.failure(
                                                "CORSResponse: This CORS request is not allowed."));
        call.admit();
        Map<String, String> headers = S3Answers.headers(call);
        allow(headers, rule, origin);
        headers.put("Access-Control-Allow-Methods", String.join(", ", rule.methods()));
        if (!wanted.isEmpty()) {
            headers.put("Access-Control-Allow-Headers", String.join(", ", wanted));
        }
        rule.maxAge().ifPresent(it -> headers.put("Access-Control-Max-Age", Integer.toString(it)));
        S3Answers.empty(exchange, 200, headers);
    }
}
