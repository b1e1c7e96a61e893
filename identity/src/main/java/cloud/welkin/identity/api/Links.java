package cloud.welkin.identity.api;

import cloud.welkin.kernel.api.Call;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The links of Keystone's answers. */
final class Links {
    static final String ROOT = "/identity/v3";

    private Links() {}

    static Map<String, String> self(Call call, String path) {
        return Map.of("self", call.origin() + ROOT + path);
    }

    /** A page's links, where there is another behind it: the same question from there on. */
    static ListLinks next(Call call, int limit, String last) {
        Map<String, List<String>> query = new LinkedHashMap<>(call.query().values());
        query.put("limit", List.of(String.valueOf(limit)));
        query.put("marker", List.of(last));
        String self = call.origin() + call.rawPath();
        return new ListLinks(
                Optional.of(
                        query.entrySet().stream()
                                .flatMap(
                                        one ->
                                                one.getValue().stream()
                                                        .map(
                                                                value ->
                                                                        encoded(one.getKey())
                                                                                + "="
                                                                                + encoded(value)))
                                .collect(Collectors.joining("&", self + "?", ""))),
                self,
                Optional.empty());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The links of a list that is always whole. */
    static ListLinks whole(Call call) {
        return new ListLinks(Optional.empty(), call.origin() + call.rawPath(), Optional.empty());
    }

    record ListLinks(Optional<String> next, String self, Optional<String> previous) {}
}
