package cloud.welkin.kernel.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An answer that is more than the operation's usual status and view: other statuses, headers, no
 * body. Operations return the bare view where that is all.
 */
public record Reply(
        Optional<Integer> status, Map<String, List<String>> headers, Optional<Object> view) {
    public static Reply of(Object view) {
        return new Reply(Optional.empty(), Map.of(), Optional.of(view));
    }

    public static Reply empty() {
        return new Reply(Optional.empty(), Map.of(), Optional.empty());
    }

    public Reply status(int code) {
        return new Reply(Optional.of(code), headers, view);
    }

    public Reply header(String name, String value) {
        Map<String, List<String>> more = new LinkedHashMap<>(headers);
        more.put(name, List.of(value));
        return new Reply(status, more, view);
    }
}
