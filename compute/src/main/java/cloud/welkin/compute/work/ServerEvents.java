package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Flavor;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.event.Event;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Tells of servers as ceilometer's meters expect it: {@code compute.instance.create.end} and its
 * like.
 */
public final class ServerEvents {
    private final Events events;

    public ServerEvents(Events events) {
        this.events = events;
    }

    public void publish(Tx tx, String type, Server server, String requestId, Instant now) {
        events.publish(
                tx,
                new Event(
                        UUID.randomUUID(),
                        now,
                        "compute.instance." + type,
                        server.project().value(),
                        server.user().value(),
                        server.id().toString(),
                        requestId,
                        Json.tree(payload(server))));
    }

    private static Map<String, Object> payload(Server server) {
        Flavor.Embedded flavor = Json.read(server.flavorJson(), Flavor.Embedded.class);
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("instance_id", server.id());
        payload.put("display_name", server.name());
        payload.put("tenant_id", server.project().value());
        payload.put("user_id", server.user().value());
        payload.put("instance_flavor_id", server.flavorId());
        payload.put("instance_type", flavor.originalName());
        payload.put("vcpus", flavor.vcpus());
        payload.put("memory_mb", flavor.ram());
        payload.put("root_gb", flavor.disk());
        payload.put("ephemeral_gb", flavor.ephemeral());
        payload.put("disk_gb", flavor.disk() + flavor.ephemeral());
        payload.put("state", server.state().vm().text());
        payload.put("host", server.host().map(Object::toString).orElse(""));
        payload.put("availability_zone", server.zone());
        payload.put("image_id", server.image().map(Object::toString).orElse(""));
        payload.put("created_at", Times.seconds(server.createdAt()));
        payload.put("launched_at", server.launchedAt().map(Times::seconds).orElse(""));
        return payload;
    }
}
