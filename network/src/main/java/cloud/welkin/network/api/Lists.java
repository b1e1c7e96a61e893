package cloud.welkin.network.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.network.store.Listing;
import cloud.welkin.network.store.Listing.Page;
import cloud.welkin.network.store.Listing.Sort;
import cloud.welkin.network.store.Visibility;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Neutron's conventions for lists and for what is shown: filters, fields, sorting, paging with
 * links.
 */
final class Lists {
    private static final Set<String> NOT_FILTERS =
            Set.of("fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir");
    private static final int SHOWN_OF_WRONG_VALUE = 100;

    private Lists() {}

    /** Whose things the caller may list. */
    static Visibility visibility(Call call) {
        return call.caller().isAdmin()
                ? new Visibility.Everything()
                : new Visibility.Own(call.caller().project());
    }

    static Listing.Request request(Query query) {
        Map<String, List<String>> filters = new LinkedHashMap<>();
        query.values()
                .forEach(
                        (name, values) -> {
                            if (!NOT_FILTERS.contains(name)) {
                                filters.put(name, values);
                            }
                        });
        List<String> keys = query.all("sort_key");
        List<String> directions = query.all("sort_dir");
        if (!directions.isEmpty() && keys.size() != directions.size()) {
            throw Failure.badRequest("The number of sort_keys and sort_dirs must be same");
        }
        List<Sort> sorts = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            String direction = directions.isEmpty() ? "asc" : directions.get(i);
            if (!direction.equals("asc") && !direction.equals("desc")) {
                throw Failure.badRequest("The sort_dirs must be 'asc' or 'desc'");
            }
            sorts.add(new Sort(keys.get(i), direction.equals("desc")));
        }
        return new Listing.Request(
                filters,
                sorts,
                query.text("limit").map(Lists::limit).orElse(Listing.MOST),
                query.text("marker").filter(marker -> !marker.isEmpty()),
                query.bool("page_reverse").orElse(false));
    }

    private static int limit(String text) {
        if (!text.matches("-?[0-9]{1,18}") || text.startsWith("-")) {
            throw Failure.badRequest(
                    "Invalid input for limit: '%s' is not a non-negative integer.",
                    text.length() > SHOWN_OF_WRONG_VALUE
                            ? text.substring(0, SHOWN_OF_WRONG_VALUE)
                            : text);
        }
        long number = Long.parseLong(text);
        return number == 0 ? Listing.MOST : (int) Math.min(number, Listing.MOST);
    }

    /** The list under its name, with links to what comes before and after. */
    static <T> Map<String, Object> reply(
            Call call,
            String collection,
            Page<T> page,
            Function<T, ? extends Object> view,
            Function<T, ?> id) {
        List<Object> items = new ArrayList<>(page.items().size());
        for (T item : page.items()) {
            items.add(shown(call, view.apply(item)));
        }
        Map<String, Object> reply = new LinkedHashMap<>();
        reply.put(collection, items);
        links(call, page, id).ifPresent(links -> reply.put(collection + "_links", links));
        return reply;
    }

    private static <T> Optional<List<Map<String, String>>> links(
            Call call, Page<T> page, Function<T, ?> id) {
        Query query = call.query();
        boolean reverse = query.bool("page_reverse").orElse(false);
        boolean marked = query.text("marker").isPresent();
        if (page.items().isEmpty() || !(query.has("limit") || page.more())) {
            return Optional.empty();
        }
        List<Map<String, String>> links = new ArrayList<>();
        if (reverse ? marked : page.more()) {
            links.add(link(call, "next", id.apply(page.items().getLast()), false));
        }
        if (reverse ? page.more() : marked) {
            links.add(link(call, "previous", id.apply(page.items().getFirst()), true));
        }
        return links.isEmpty() ? Optional.empty() : Optional.of(links);
    }

    private static Map<String, String> link(Call call, String rel, Object marker, boolean reverse) {
        StringBuilder href = new StringBuilder(call.origin()).append(call.rawPath()).append('?');
        call.query()
                .values()
                .forEach(
                        (name, values) -> {
                            if (!name.equals("marker") && !name.equals("page_reverse")) {
                                values.forEach(
                                        value ->
                                                href.append(encode(name))
                                                        .append('=')
                                                        .append(encode(value))
                                                        .append('&'));
                            }
                        });
        href.append("marker=").append(marker);
        if (reverse) {
            href.append("&page_reverse=True");
        }
        return Map.of("rel", rel, "href", href.toString());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** One thing under its name. */
    static Map<String, Object> one(Call call, String name, Object view) {
        return Map.of(name, shown(call, view));
    }

    /** The view, reduced to the fields that were asked for. */
    private static Object shown(Call call, Object view) {
        List<String> fields = call.query().all("fields");
        if (fields.isEmpty() || !(Json.tree(view) instanceof ObjectNode tree)) {
            return view;
        }
        ObjectNode few = Json.mapper().createObjectNode();
        for (String field : fields) {
            JsonNode value = tree.get(field);
            if (value != null) {
                few.set(field, value);
            }
        }
        return few;
    }

    /** The revision that If-Match names; other forms of the header are not Neutron's. */
    static Optional<Long> ifMatch(Call call) {
        return call.header("If-Match")
                .map(
                        text -> {
                            String number = text.strip().replace("revision_number=", "");
                            if (!number.matches("[0-9]{1,18}")) {
                                throw Failure.badRequest("Invalid value for If-Match header.");
                            }
                            return Long.parseLong(number);
                        });
    }
}
