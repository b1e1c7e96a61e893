package cloud.welkin.identity.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Query;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The links of Keystone's answers. */
final class Links {
    static final String ROOT = "/identity/v3";

    private Links() {}

    static Map<String, String> self(Call call, String path) {
        return Map.of("self", call.origin() + ROOT + path);
    }

    /** A list's links; {@code next} only when the page is full. */
    static ListLinks list(Call call, int limit, List<String> ids) {
        String self = call.origin() + call.rawPath();
        Optional<String> next =
                ids.size() < limit
                        ? Optional.empty()
                        : Optional.of(
                                self
                                        + "?limit="
                                        + limit
                                        + "&marker="
                                        + URLEncoder.encode(ids.getLast(), StandardCharsets.UTF_8));
        return new ListLinks(next, self, Optional.empty());
    }

    /** The links of a list that is always whole. */
    static ListLinks whole(Call call) {
        return list(call, Integer.MAX_VALUE, List.of());
    }

    record ListLinks(Optional<String> next, String self, Optional<String> previous) {}

    /** How many the client wants at most, within what we give at most. */
    static int limit(Query query, int most) {
        return query.integer("limit").filter(n -> n > 0).map(n -> Math.min(n, most)).orElse(most);
    }
}
