package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.work.Versions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.exception.IntegrityConstraintViolationException;

/** Deletes many objects and empty containers by one request (Swift's middleware bulk). */
public final class BulkDelete {
    private static final int MOST = 10_000;
    private static final int LARGEST = MOST * 2 * 3 * 1024;

    private final Database database;
    private final ContainerTable containers;
    private final ObjectTable objects;
    private final StaticLargeObjects manifests;
    private final Versions versions;
    private final Targets targets;
    private final Clock clock;
    private final Admission admission;

    public BulkDelete(
            Database database,
            ContainerTable containers,
            ObjectTable objects,
            StaticLargeObjects manifests,
            Versions versions,
            Targets targets,
            Clock clock) {
        this.database = database;
        this.containers = containers;
        this.objects = objects;
        this.manifests = manifests;
        this.versions = versions;
        this.targets = targets;
        this.clock = clock;
        this.admission = new Admission(clock);
    }

    private record Deleted(int done, int notFound, BulkAnswers.Outcome outcome) {}

    /** Deletes what the body names, a path a line: {@code /container/object}. */
    void deleteNamed(Call call, Exchange exchange, String account) {
        if (!Admission.mayWrite(call, account)) {
            throw Admission.refusal(call);
        }
        List<String> paths = new ArrayList<>();
        new String(body(exchange), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .forEach(line -> paths.add(SwiftPath.decode(line)));
        if (paths.size() > MOST) {
            throw Failure.tooLarge("Maximum Bulk Deletes: %d per request", MOST);
        }
        answer(call, exchange, deleteAll(call, account, paths));
    }

    private static byte[] body(Exchange exchange) {
        try {
            byte[] bytes = exchange.body().readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw Failure.tooLarge("The list is larger than %d bytes.", LARGEST);
            }
            return bytes;
        } catch (IOException e) {
            throw Failure.badRequest("The list ended before it was whole.");
        }
    }

    /** Deletes a static large object with its segments. */
    void deleteWhole(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        StoredObject manifest =
                targets.writable(call, path)
                        .object()
                        .orElseThrow(() -> Failure.notFound("The resource could not be found."));
        List<String> paths = new ArrayList<>();
        if (manifest.isStaticLarge()) {
            paths.addAll(database.read(tx -> manifests.paths(tx, path.account(), manifest)));
        }
        paths.add("/" + path.container().orElseThrow() + "/" + manifest.name());
        answer(call, exchange, deleteAll(call, path.account(), paths));
    }

    private Deleted deleteAll(Call call, String account, List<String> paths) {
        int deleted = 0;
        int absent = 0;
        List<BulkAnswers.Failed> errors = new ArrayList<>();
        for (String path : paths) {
            String text = path.startsWith("/") ? path.substring(1) : path;
            int slash = text.indexOf('/');
            String container = slash < 0 ? text : text.substring(0, slash);
            String object = slash < 0 ? "" : text.substring(slash + 1);
            try {
                if (delete(call, account, container, object)) {
                    deleted++;
                } else {
                    absent++;
                }
            } catch (IntegrityConstraintViolationException e) {
                errors.add(new BulkAnswers.Failed(path, "409 Conflict"));
            } catch (Failure e) {
                errors.add(BulkAnswers.Failed.of(path, e));
            }
        }
        String status =
                errors.isEmpty()
                        ? deleted + absent > 0 ? "200 OK" : "400 Bad Request"
                        : "400 Bad Request";
        String message = paths.isEmpty() ? "Invalid bulk delete." : "";
        return new Deleted(deleted, absent, new BulkAnswers.Outcome(status, message, errors));
    }

    private boolean delete(Call call, String account, String container, String object) {
        if (object.isEmpty()) {
            if (!Admission.mayWrite(call, account)) {
                throw Admission.refusal(call);
            }
            return database.write(tx -> deleteContainer(tx, account, container));
        }
        SwiftPath path = new SwiftPath(account, Optional.of(container), Optional.of(object));
        ObjectTable.Found found = database.read(tx -> objects.find(tx, account, container, object));
        admission.writer(call, path, found.account(), found.container());
        return found.container()
                .filter(
                        it ->
                                database.write(
                                        tx -> versions.delete(tx, it, object, clock.instant())))
                .isPresent();
    }

    private boolean deleteContainer(Tx tx, String account, String name) {
        Optional<Container> container = containers.find(tx, account, name);
        container.ifPresent(it -> containers.delete(tx, it.id()));
        return container.isPresent();
    }

    private static void answer(Call call, Exchange exchange, Deleted deleted) {
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("Number Deleted", deleted.done());
        counts.put("Number Not Found", deleted.notFound());
        BulkAnswers.send(call, exchange, 200, "delete", counts, deleted.outcome());
    }
}
