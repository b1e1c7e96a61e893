package cloud.welkin.object.s3;

import cloud.welkin.object.domain.LifecycleRule;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Lifecycle configurations as documents have them. */
final class LifecycleXml {
    private static final int MOST_RULES = 1000;

    private LifecycleXml() {}

    /**
     * @throws cloud.welkin.kernel.failure.Failure MalformedXML, InvalidArgument; NotImplemented for
     *     transitions, since there is one storage class
     */
    static List<LifecycleRule> read(byte[] document) {
        List<LifecycleRule> rules = new ArrayList<>();
        for (Xml.Part rule : Xml.read(document, "LifecycleConfiguration").all("Rule")) {
            if (!rule.all("Transition").isEmpty()
                    || !rule.all("NoncurrentVersionTransition").isEmpty()) {
                throw S3Code.NotImplemented.failure("There is one storage class only.");
            }
            rules.add(rule(rule, rules.size()));
        }
        if (rules.isEmpty() || rules.size() > MOST_RULES) {
            throw S3Code.MalformedXML.failure();
        }
        return rules;
    }

    private static LifecycleRule rule(Xml.Part rule, int index) {
        String status = rule.require("Status");
        if (!status.equals("Enabled") && !status.equals("Disabled")) {
            throw S3Code.MalformedXML.failure();
        }
        Optional<Xml.Part> filter = rule.first("Filter");
        Xml.Part conditions = filter.flatMap(it -> it.first("And")).or(() -> filter).orElse(rule);
        Map<String, String> tags = new TreeMap<>();
        conditions.all("Tag").forEach(tag -> tags.put(tag.require("Key"), tag.require("Value")));
        Optional<Xml.Part> expiration = rule.first("Expiration");
        LifecycleRule read =
                new LifecycleRule(
                        rule.text("ID").filter(it -> !it.isEmpty()).orElse("rule-" + (index + 1)),
                        status.equals("Enabled"),
                        conditions.text("Prefix").or(() -> rule.text("Prefix")).orElse(""),
                        tags,
                        size(conditions, "ObjectSizeGreaterThan"),
                        size(conditions, "ObjectSizeLessThan"),
                        days(expiration, "Days"),
                        expiration.flatMap(it -> it.text("Date")).map(LifecycleXml::date),
                        expiration
                                .flatMap(it -> it.text("ExpiredObjectDeleteMarker"))
                                .filter("true"::equals)
                                .isPresent(),
                        days(rule.first("NoncurrentVersionExpiration"), "NoncurrentDays"),
                        days(rule.first("AbortIncompleteMultipartUpload"), "DaysAfterInitiation"));
        if (!read.doesSomething()) {
            throw S3Code.InvalidRequest.failure(
                    "At least one action needs to be specified in a rule.");
        }
        return read;
    }

    private static OptionalLong size(Xml.Part part, String name) {
        Optional<String> text = part.text(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!text.get().matches("\\d{1,18}")) {
            throw S3Code.MalformedXML.failure();
        }
        return OptionalLong.of(Long.parseLong(text.get()));
    }

    private static OptionalInt days(Optional<Xml.Part> part, String name) {
        Optional<String> text = part.flatMap(it -> it.text(name));
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!text.get().matches("\\d{1,6}") || Integer.parseInt(text.get()) == 0) {
            throw S3Code.InvalidArgument.failure("%s must be a positive integer.", name);
        }
        return OptionalInt.of(Integer.parseInt(text.get()));
    }

    private static Instant date(String text) {
        try {
            return OffsetDateTime.parse(text.length() == 10 ? text + "T00:00:00Z" : text)
                    .toInstant();
        } catch (DateTimeException e) {
            throw S3Code.MalformedXML.failure();
        }
    }

    static Xml written(List<LifecycleRule> rules) {
        Xml xml = new Xml("LifecycleConfiguration", Xml.NAMESPACE);
        rules.forEach(rule -> xml.in("Rule", it -> write(it, rule)));
        return xml;
    }

    private static void write(Xml xml, LifecycleRule rule) {
        xml.text("ID", rule.id());
        xml.in(
                "Filter",
                filter -> {
                    int conditions =
                            rule.tags().size()
                                    + (rule.prefix().isEmpty() ? 0 : 1)
                                    + (rule.largerThan().isPresent() ? 1 : 0)
                                    + (rule.smallerThan().isPresent() ? 1 : 0);
                    if (conditions > 1) {
                        filter.in("And", and -> conditions(and, rule));
                    } else {
                        conditions(filter, rule);
                    }
                });
        xml.text("Status", rule.isEnabled() ? "Enabled" : "Disabled");
        if (rule.days().isPresent() || rule.date().isPresent() || rule.removesLoneMarkers()) {
            xml.in(
                    "Expiration",
                    it -> {
                        rule.days().ifPresent(days -> it.text("Days", days));
                        it.text("Date", rule.date().map(S3Answers::time));
                        if (rule.removesLoneMarkers()) {
                            it.text("ExpiredObjectDeleteMarker", true);
                        }
                    });
        }
        rule.noncurrentDays()
                .ifPresent(
                        days ->
                                xml.in(
                                        "NoncurrentVersionExpiration",
                                        it -> it.text("NoncurrentDays", days)));
        rule.abortDays()
                .ifPresent(
                        days ->
                                xml.in(
                                        "AbortIncompleteMultipartUpload",
                                        it -> it.text("DaysAfterInitiation", days)));
    }

    private static void conditions(Xml xml, LifecycleRule rule) {
        if (!rule.prefix().isEmpty() || rule.tags().isEmpty()) {
            xml.text("Prefix", rule.prefix());
        }
        rule.tags()
                .forEach(
                        (key, value) ->
                                xml.in("Tag", it -> it.text("Key", key).text("Value", value)));
        rule.largerThan().ifPresent(it -> xml.text("ObjectSizeGreaterThan", it));
        rule.smallerThan().ifPresent(it -> xml.text("ObjectSizeLessThan", it));
    }
}
