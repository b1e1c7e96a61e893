package cloud.welkin.image.domain;

import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a list of images asks for, read from the URL as Glance reads it: its own names are filters,
 * every other name is a custom property that must have the value.
 *
 * @param anyOf field to the words that it may be ({@code in:a,b} or one)
 * @param memberStatus whose memberships count for shared images; {@code all} for any
 */
public record ImageQuery(
        Map<String, List<String>> anyOf,
        Optional<String> visibility,
        String memberStatus,
        Optional<Long> sizeMin,
        Optional<Long> sizeMax,
        Map<String, Integer> numbers,
        Optional<Boolean> guarded,
        boolean hidden,
        List<String> tags,
        List<TimeFilter> times,
        Map<String, String> properties,
        List<Sort> sort,
        int limit,
        Optional<String> marker) {
    public static final int LARGEST_PAGE = 1000;
    private static final int USUAL_PAGE = 25;
    private static final Set<String> LISTS =
            Set.of("id", "name", "status", "container_format", "disk_format", "owner", "checksum");
    private static final Set<String> IN_ABLE =
            Set.of("id", "name", "status", "container_format", "disk_format");
    private static final List<String> VISIBILITIES =
            List.of("community", "public", "private", "shared", "all");
    private static final List<String> MEMBER_STATUSES =
            List.of("pending", "accepted", "rejected", "all");
    private static final List<String> SORT_KEYS =
            List.of(
                    "name",
                    "status",
                    "container_format",
                    "disk_format",
                    "size",
                    "id",
                    "created_at",
                    "updated_at");
    private static final Set<String> PAGING =
            Set.of("limit", "marker", "sort", "sort_key", "sort_dir", "member_status", "tag");

    /**
     * @param operator gt, gte, lt, lte, eq or neq
     */
    public record TimeFilter(String field, String operator, Instant time) {}

    /** A sort key and its direction. */
    public record Sort(String key, boolean descending) {}

    /**
     * @throws Failure 400 for values that cannot be meant
     */
    public static ImageQuery of(Query query) {
        Map<String, List<String>> anyOf = new LinkedHashMap<>();
        Map<String, String> properties = new LinkedHashMap<>();
        Map<String, Integer> numbers = new LinkedHashMap<>();
        List<TimeFilter> times = new ArrayList<>();
        Optional<String> visibility = Optional.empty();
        Optional<Long> sizeMin = Optional.empty();
        Optional<Long> sizeMax = Optional.empty();
        Optional<Boolean> guarded = Optional.empty();
        boolean hidden = false;
        for (String name : query.values().keySet()) {
            String value = query.text(name).orElse("");
            if (value.indexOf('\0') >= 0 || name.indexOf('\0') >= 0) {
                throw Failure.badRequest("A filter contains a NUL character.");
            }
            switch (name) {
                case "visibility" ->
                        visibility = Optional.of(word("visibility value", value, VISIBILITIES));
                case "size_min" -> sizeMin = Optional.of(number(name, value));
                case "size_max" -> sizeMax = Optional.of(number(name, value));
                case "min_disk", "min_ram" -> numbers.put(name, small(name, value));
                case "protected" -> guarded = query.bool(name);
                case "os_hidden" -> hidden = query.bool(name).orElse(false);
                case "created_at", "updated_at" -> times.add(time(name, value));
                case "changes-since" ->
                        throw Failure.badRequest(
                                "The \"changes-since\" filter is no longer available on v2.");
                default -> {
                    if (LISTS.contains(name)) {
                        anyOf.put(name, words(name, value));
                    } else if (!PAGING.contains(name)) {
                        properties.put(name, value);
                    }
                }
            }
        }
        List<String> tags = query.all("tag").stream().map(String::strip).toList();
        if (tags.stream().anyMatch(tag -> tag.indexOf('\0') >= 0)) {
            throw Failure.badRequest("A filter contains a NUL character.");
        }
        return new ImageQuery(
                anyOf,
                visibility,
                query.text("member_status")
                        .map(value -> word("status", value, MEMBER_STATUSES))
                        .orElse("accepted"),
                sizeMin,
                sizeMax,
                numbers,
                guarded,
                hidden,
                tags,
                times,
                properties,
                sort(query),
                Math.min(LARGEST_PAGE, limit(query)),
                query.text("marker"));
    }

    private static int limit(Query query) {
        return query.text("limit")
                .map(
                        text -> {
                            try {
                                int limit = Integer.parseInt(text);
                                if (limit >= 0) {
                                    return limit;
                                }
                            } catch (NumberFormatException e) {
                                throw Failure.badRequest("limit param must be an integer");
                            }
                            throw Failure.badRequest("limit param must be positive");
                        })
                .orElse(USUAL_PAGE);
    }

    private static List<Sort> sort(Query query) {
        List<Sort> sort = new ArrayList<>();
        if (query.has("sort")) {
            if (query.has("sort_key") || query.has("sort_dir")) {
                throw Failure.badRequest("Old and new sorting syntax cannot be combined");
            }
            for (String part : query.text("sort").orElse("").strip().split(",")) {
                String[] pair = part.split(":", 2);
                sort.add(
                        new Sort(
                                sortKey(pair[0].strip()),
                                pair.length < 2 || descending(pair[1].strip())));
            }
        } else {
            List<String> keys = query.all("sort_key");
            List<String> directions = query.all("sort_dir");
            if (directions.size() > 1 && directions.size() != keys.size()) {
                throw Failure.badRequest(
                        "Number of sort dirs does not match the number of sort keys");
            }
            for (int i = 0; i < keys.size(); i++) {
                boolean descending =
                        directions.isEmpty()
                                || descending(
                                        directions.get(directions.size() == 1 ? 0 : i).strip());
                sort.add(new Sort(sortKey(keys.get(i).strip()), descending));
            }
            if (keys.isEmpty()) {
                sort.add(
                        new Sort(
                                "created_at",
                                directions.isEmpty() || descending(directions.getFirst().strip())));
            }
        }
        for (String tie : List.of("created_at", "id")) {
            if (sort.stream().noneMatch(by -> by.key().equals(tie))) {
                sort.add(new Sort(tie, sort.getFirst().descending()));
            }
        }
        return sort.stream().limit(SORT_KEYS.size() + 2L).toList();
    }

    private static String sortKey(String key) {
        if (!SORT_KEYS.contains(key)) {
            throw Failure.badRequest(
                    "Invalid sort key: %s. It must be one of the following: %s.",
                    shown(key), String.join(", ", SORT_KEYS));
        }
        return key;
    }

    private static boolean descending(String direction) {
        return switch (direction) {
            case "asc" -> false;
            case "desc" -> true;
            default -> throw Failure.badRequest("Invalid sort direction: %s", shown(direction));
        };
    }

    /** {@code in:a,"b,c"} or one plain value. */
    private static List<String> words(String name, String value) {
        if (!value.startsWith("in:") || !IN_ABLE.contains(name)) {
            return List.of(value);
        }
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean escaped = false;
        for (char c : value.substring(3).toCharArray()) {
            if (escaped) {
                word.append(c);
                escaped = false;
            } else if (c == '\\' && quoted) {
                escaped = true;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                words.add(word.toString());
                word.setLength(0);
            } else {
                word.append(c);
            }
        }
        words.add(word.toString());
        if (quoted) {
            throw Failure.badRequest(
                    "Invalid filter value %s. The quote is not closed.", shown(value));
        }
        return words;
    }

    private static TimeFilter time(String name, String value) {
        int colon = value.indexOf(':');
        String operator = colon < 0 ? "eq" : value.substring(0, colon);
        String rest = value.substring(colon + 1);
        if (!Arrays.asList("gt", "gte", "lt", "lte", "eq", "neq").contains(operator)) {
            operator = "eq";
            rest = value;
        }
        try {
            return new TimeFilter(name, operator, Times.parse(rest));
        } catch (DateTimeException e) {
            throw Failure.badRequest("Unable to filter using the specified time: %s", shown(value));
        }
    }

    private static long number(String name, String value) {
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, together with negative numbers.
        }
        throw Failure.badRequest(
                "%s filter value %s is not a number that it could be.", name, shown(value));
    }

    private static int small(String name, String value) {
        return (int) Math.min(Integer.MAX_VALUE, number(name, value));
    }

    private static String word(String what, String value, List<String> words) {
        if (!words.contains(value)) {
            throw Failure.badRequest("Invalid %s: %s", what, shown(value));
        }
        return value;
    }

    private static String shown(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
