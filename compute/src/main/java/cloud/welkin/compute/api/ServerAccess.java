package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.compute.work.Ask;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.policy.Target;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * How operations get at the server in their path: what the caller may not touch does not exist for
 * it.
 */
final class ServerAccess {
    private final ServerStore servers;
    private final Clock clock;

    ServerAccess(ServerStore servers, Clock clock) {
        this.servers = servers;
        this.clock = clock;
    }

    Ask ask(Call call) {
        // As PostgreSQL keeps times, so that what is answered is what is read later.
        return new Ask(
                call.caller(), call.requestId(), clock.instant().truncatedTo(ChronoUnit.MICROS));
    }

    Server find(Call call, Tx tx) {
        return visible(call, call.pathUuid("server_id").flatMap(id -> servers.find(tx, id)));
    }

    Server findEvenDeleted(Call call, Tx tx) {
        return visible(
                call, call.pathUuid("server_id").flatMap(id -> servers.findEvenDeleted(tx, id)));
    }

    /**
     * The server, locked for a change. A locked server (in Nova's sense) takes none but from
     * admins.
     */
    Server lock(Call call, Tx tx) {
        Server server = lockEvenLocked(call, tx);
        refuseLocked(call, server);
        return server;
    }

    Server lockEvenLocked(Call call, Tx tx) {
        return visible(call, call.pathUuid("server_id").flatMap(id -> servers.lock(tx, id)));
    }

    static void refuseLocked(Call call, Server server) {
        if (server.lock().locked() && !call.caller().isAdmin()) {
            throw Failure.conflict("Instance %s is locked", server.id()).as("InstanceIsLocked");
        }
    }

    static Target target(Server server) {
        return Target.ownedBy(server.project(), server.user().value());
    }

    private static Server visible(Call call, Optional<Server> found) {
        return found.filter(server -> call.may(target(server)))
                .orElseThrow(() -> notFound(call.path("server_id")));
    }

    static Failure notFound(String id) {
        return Failure.notFound(
                        "Instance %s could not be found.",
                        id.length() > 100 ? id.substring(0, 100) : id)
                .as("InstanceNotFound");
    }
}
