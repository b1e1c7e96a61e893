package cloud.welkin.identity.api;

import cloud.welkin.kernel.api.Operation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

final class JsonHome {
    private final Map<String, Object> resources = new TreeMap<>();

    static JsonHome of(List<Operation> operations) {
        return new JsonHome();
    }

    static final String TYPE = "application/json-home";

    Object under(String prefix) {
        return Map.of("resources", resources);
    }
}
