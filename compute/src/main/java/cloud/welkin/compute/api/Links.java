package cloud.welkin.compute.api;

import cloud.welkin.kernel.api.Call;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where things are found. */
final class Links {
    static final String ROOT = "/compute/v2.1";

    record Link(String rel, String href) {}

    private Links() {}

    static List<Link> of(Call call, String collection, String id) {
        String self = call.origin() + ROOT + "/" + collection + "/" + id;
        return List.of(
                new Link("self", self),
                new Link("bookmark", call.origin() + "/compute/" + collection + "/" + id));
    }

    /** The link to the next page, when this one is full. */
    static List<Link> next(Call call, List<String> ids, int limit) {
        if (limit == 0 || ids.size() < limit) {
            return List.of();
        }
        List<String> pairs = new ArrayList<>();
        for (Map.Entry<String, List<String>> entry : call.query().values().entrySet()) {
            if (!entry.getKey().equals("marker")) {
                entry.getValue().forEach(value -> pairs.add(entry.getKey() + "=" + encoded(value)));
            }
        }
        pairs.add("marker=" + encoded(ids.getLast()));
        return List.of(
                new Link("next", call.origin() + call.rawPath() + "?" + String.join("&", pairs)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
