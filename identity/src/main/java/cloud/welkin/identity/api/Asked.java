package cloud.welkin.identity.api;

import cloud.welkin.identity.store.Page;
import cloud.welkin.identity.store.Paging;
import cloud.welkin.identity.store.Rows;
import cloud.welkin.identity.store.TextMatch;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.failure.Failure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a list is asked for, as Keystone's query parameters say it (keystone.common.driver_hints):
 * attributes that must equal, contain, begin or end with a text, and one page by {@code limit} and
 * {@code marker}. What a list does not know it passes over, comparators too, as Keystone does.
 */
record Asked(Call call, List<TextMatch> texts, Paging paging) {
    private static final Set<String> NO = Set.of("0", "f", "false", "off", "n", "no");
    private static final Set<String> YES = Set.of("", "1", "t", "true", "on", "y", "yes");

    /**
     * @param attributes those that the list can be narrowed by
     * @throws Failure 400 for an order that there is not
     */
    static Asked of(Call call, String... attributes) {
        List<TextMatch> texts = new ArrayList<>();
        call.query()
                .values()
                .forEach(
                        (name, values) -> {
                            for (String attribute : attributes) {
                                values.forEach(
                                        value ->
                                                match(attribute, name, value)
                                                        .ifPresent(texts::add));
                            }
                        });
        return new Asked(call, texts, paging(call));
    }

    private static Optional<TextMatch> match(String attribute, String name, String value) {
        if (name.equals(attribute)) {
            return Optional.of(TextMatch.exactly(attribute, value));
        }
        if (!name.startsWith(attribute + "__")) {
            return Optional.empty();
        }
        String comparator = name.substring(attribute.length() + 2).toUpperCase(Locale.ROOT);
        boolean caseless = comparator.startsWith("I");
        String bare = caseless ? comparator.substring(1) : comparator;
        return Stream.of(TextMatch.Kind.values())
                .filter(kind -> kind.name().equals(bare))
                .findFirst()
                .map(kind -> new TextMatch(attribute, kind, caseless, value));
    }

    private static Paging paging(Call call) {
        Query query = call.query();
        String key = query.text("sort_key").orElse("id");
        String direction = query.text("sort_dir").orElse("asc");
        if (!key.equals("id") && !key.equals("name")) {
            throw Failure.badRequest("Invalid input for sort_key: it is id or name.");
        }
        if (!direction.equals("asc") && !direction.equals("desc")) {
            throw Failure.badRequest("Invalid input for sort_dir: it is asc or desc.");
        }
        return new Paging(
                key.equals("name"),
                direction.equals("desc"),
                query.text("marker").filter(marker -> !marker.isEmpty()),
                query.integer("limit")
                        .filter(n -> n > 0)
                        .map(n -> Math.min(n, Rows.MOST))
                        .or(call.operation()::rows)
                        .orElse(Rows.MOST));
    }

    /** The same, with no more rows on a page than that. */
    Asked atMost(Optional<Integer> most) {
        return most.filter(number -> number < paging.limit())
                .map(
                        number ->
                                new Asked(
                                        call,
                                        texts,
                                        new Paging(
                                                paging.byName(),
                                                paging.descending(),
                                                paging.marker(),
                                                number)))
                .orElse(this);
    }

    /**
     * A truth value; being there without one means that it is true.
     *
     * @throws Failure 400 for another word
     */
    Optional<Boolean> flag(String name) {
        return call.query()
                .text(name)
                .map(
                        text -> {
                            String word = text.strip().toLowerCase(Locale.ROOT);
                            if (!YES.contains(word) && !NO.contains(word)) {
                                throw Failure.badRequest(
                                        "Invalid input for query parameter %s. Value: %s. It is"
                                                + " not a boolean.",
                                        name, text);
                            }
                            return YES.contains(word);
                        });
    }

    /** An attribute of a row, for lists that are narrowed here. */
    interface Attributes<T> extends Function<T, Map<String, Optional<String>>> {}

    /** The page of a list that is in memory as a whole. */
    <T> Page<T> page(List<T> rows, Function<T, String> id, Attributes<T> attributes) {
        List<T> found =
                rows.stream()
                        .filter(
                                row -> {
                                    Map<String, Optional<String>> of = attributes.apply(row);
                                    return texts.stream()
                                            .allMatch(
                                                    match ->
                                                            match.matches(
                                                                    of.getOrDefault(
                                                                            match.attribute(),
                                                                            Optional.empty())));
                                })
                        .toList();
        if (found.size() <= paging.limit() && paging.marker().isEmpty()) {
            return new Page<>(found, false);
        }
        // The next page begins behind the last id of this one.
        return Page.of(
                found.stream()
                        .sorted(Comparator.comparing(id))
                        .filter(
                                row ->
                                        paging.marker()
                                                .map(at -> id.apply(row).compareTo(at) > 0)
                                                .orElse(true))
                        .limit(paging.limit() + 1L)
                        .toList(),
                paging.limit());
    }

    /** The same for a list that is narrowed by nothing. */
    <T> Page<T> page(List<T> rows, Function<T, String> id) {
        return page(rows, id, row -> Map.of());
    }

    /** The answer; where there is more, it says so and where. */
    <T> Object answer(String name, Page<T> page, Function<T, String> id, Function<T, ?> view) {
        return answer(name, page, id, row -> true, view);
    }

    /**
     * The same for rows of which the caller may see some: a page of others is no reason to stop.
     */
    <T> Object answer(
            String name,
            Page<T> page,
            Function<T, String> id,
            Predicate<T> seen,
            Function<T, ?> view) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(name, page.rows().stream().filter(seen).map(view).toList());
        answer.put(
                "links",
                page.more()
                        ? Links.next(call, paging.limit(), id.apply(page.rows().getLast()))
                        : Links.whole(call));
        if (page.more()) {
            answer.put("truncated", true);
        }
        return answer;
    }
}
