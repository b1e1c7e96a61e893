package cloud.welkin.acceptance;

import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Sign-ins by keystoneauth's plugins, as every OpenStack client in Python does them. */
final class SignIns {
    private final String url;

    SignIns(CloudUnderTest cloud) {
        url = cloud.origin() + "/identity/v3";
    }

    /** By the plugin of that name: who it is then. */
    JsonNode by(String plugin, Map<String, ?> options) {
        return Rest.JSON.readTree(attempt(plugin, options).text());
    }

    Command.Output attempt(String plugin, Map<String, ?> options) {
        Map<String, Object> all = new HashMap<>(options);
        all.put("auth_url", url);
        return Command.of(
                        "/usr/bin/python3",
                        KeptShell.resource("sign-in.py"),
                        plugin,
                        Rest.JSON.writeValueAsString(all))
                .run();
    }
}
