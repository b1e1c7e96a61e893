package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.object.domain.BulkResult;
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
    private final Clock clock;
    private final Admission admission;

    public BulkDelete(
            Database database,
            ContainerTable containers,
            ObjectTable objects,
            StaticLargeObjects manifests,
            Versions versions,
            Clock clock) {
        this.database = database;
        this.containers = containers;
        this.objects = objects;
        this.manifests = manifests;
        this.versions = versions;
        this.clock = clock;
        this.admission = new Admission(clock);
    }

    /** Deletes what the body names, a path a line: {@code /container/object}. */
    void deleteNamed(Call call, Exchange exchange, String account) {
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
    void deleteWhole(Call call, Exchange exchange, SwiftPath path, StoredObject manifest) {
        List<String> paths = new ArrayList<>();
        if (manifest.isStaticLarge()) {
            paths.addAll(database.read(tx -> manifests.paths(tx, path.account(), manifest)));
        }
        paths.add("/" + path.container().orElseThrow() + "/" + manifest.name());
        answer(call, exchange, deleteAll(call, path.account(), paths));
    }

    private BulkResult deleteAll(Call call, String account, List<String> paths) {
        int deleted = 0;
        int absent = 0;
        List<BulkResult.Failed> errors = new ArrayList<>();
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
                errors.add(new BulkResult.Failed(path, "409 Conflict"));
            } catch (Failure e) {
                errors.add(new BulkResult.Failed(path, e.kind().status() + " " + e.kind().title()));
            }
        }
        String status =
                errors.isEmpty()
                        ? deleted + absent > 0 ? "200 OK" : "400 Bad Request"
                        : "400 Bad Request";
        String message = paths.isEmpty() ? "Invalid bulk delete." : "";
        return new BulkResult(deleted, absent, status, message, errors);
    }

    private boolean delete(Call call, String account, String container, String object) {
        if (object.isEmpty()) {
            Admission.owner(call, account);
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

    private static void answer(Call call, Exchange exchange, BulkResult result) {
        Listings.Form form = Listings.form(call);
        Map<String, String> headers = Answers.headers(call);
        headers.put("Content-Type", form.contentType());
        Answers.send(exchange, 200, headers, written(form, result));
    }

    private static byte[] written(Listings.Form form, BulkResult result) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("Response Status", result.status());
        fields.put("Response Body", result.message());
        fields.put("Number Deleted", result.done());
        fields.put("Number Not Found", result.notFound());
        List<List<String>> errors =
                result.errors().stream()
                        .map(one -> List.of(Names.quoted(one.name()), one.status()))
                        .toList();
        return switch (form) {
            case JSON -> {
                fields.put("Errors", errors);
                yield Json.bytes(fields);
            }
            case PLAIN -> {
                StringBuilder text = new StringBuilder();
                fields.forEach((name, value) -> line(text, name, value));
                text.append("Errors:\n");
                errors.forEach(one -> text.append(String.join(", ", one)).append('\n'));
                yield text.toString().getBytes(StandardCharsets.UTF_8);
            }
            case XML -> xml(fields, errors).getBytes(StandardCharsets.UTF_8);
        };
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(name).append(": ").append(value).append('\n');
    }

    private static String xml(Map<String, Object> fields, List<List<String>> errors) {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.append("<delete>");
        fields.forEach(
                (name, value) -> {
                    String element = name.toLowerCase(java.util.Locale.ROOT).replace(' ', '_');
                    xml.append('<').append(element).append('>');
                    xml.append(Listings.escaped(String.valueOf(value)));
                    xml.append("</").append(element).append('>');
                });
        xml.append("<errors>");
        errors.forEach(
                one ->
                        xml.append("<object><name>")
                                .append(Listings.escaped(one.get(0)))
                                .append("</name><status>")
                                .append(Listings.escaped(one.get(1)))
                                .append("</status></object>"));
        return xml.append("</errors></delete>").toString();
    }
}
