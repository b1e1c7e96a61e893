package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.KeyedSignature;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.domain.TempUrl;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.work.Quotas;
import cloud.welkin.object.work.Uploads;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Files that a browser's form posts into a container, signed beforehand by a key of the account or
 * the container (Swift's middleware formpost). The signature covers path, redirect, largest size,
 * count and expiry, which come as fields before the files.
 */
public final class FormPosts {
    private final Database database;
    private final ObjectTable objects;
    private final Quotas quotas;
    private final Uploads uploads;
    private final Clock clock;

    public FormPosts(
            Database database, ObjectTable objects, Quotas quotas, Uploads uploads, Clock clock) {
        this.database = database;
        this.objects = objects;
        this.quotas = quotas;
        this.uploads = uploads;
        this.clock = clock;
    }

    static boolean isMeant(Call call) {
        return FormData.isMeant(call.header("Content-Type"));
    }

    /** What the form says beside its files. */
    private record Terms(String redirect, long largest, int most, Map<String, String> fields) {
        /** What the form says in place of a header. */
        Optional<String> field(String header) {
            return Optional.ofNullable(
                    fields.get(header.toLowerCase(Locale.ROOT).replace('-', '_')));
        }
    }

    /** Stores the form's files below the path. */
    void post(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        FormData form = FormData.of(call.header("Content-Type").orElseThrow(), exchange);
        Map<String, String> fields = new HashMap<>();
        Optional<Terms> terms = Optional.empty();
        int files = 0;
        Optional<FormData.Part> part = form.next();
        while (part.isPresent()) {
            FormData.Part one = part.get();
            if (one.file().isEmpty()) {
                if (terms.isEmpty()) {
                    fields.put(one.name().toLowerCase(Locale.ROOT), one.text());
                }
            } else {
                if (terms.isEmpty()) {
                    terms = Optional.of(admitted(call, path, fields));
                }
                if (one.file().get().isEmpty()) {
                    part = form.next();
                    continue;
                }
                files++;
                if (files > terms.get().most()) {
                    throw invalid("max_file_count exceeded");
                }
                store(path, terms.get(), one);
            }
            part = form.next();
        }
        if (files == 0) {
            throw invalid("no files to process");
        }
        answer(call, exchange, terms.orElseThrow().redirect());
    }

    private static Failure invalid(String why) {
        return Failure.badRequest("FormPost: %s", why);
    }

    private Terms admitted(Call call, SwiftPath path, Map<String, String> fields) {
        Terms terms =
                new Terms(
                        fields.getOrDefault("redirect", ""),
                        number(fields, "max_file_size"),
                        (int) Math.min(Integer.MAX_VALUE, number(fields, "max_file_count")),
                        fields);
        if (terms.most() < 1) {
            throw invalid("max_file_count must be at least 1");
        }
        Instant end =
                TempUrl.moment(fields.getOrDefault("expires", ""))
                        .orElseThrow(() -> invalid("expired not an integer"));
        if (!clock.instant().isBefore(end)) {
            throw Failure.unauthorized("FormPost: Form Expired");
        }
        ObjectTable.Found found = found(path, "");
        String text =
                String.join(
                        "\n",
                        terms.redirect(),
                        fields.get("max_file_size"),
                        fields.get("max_file_count"),
                        fields.get("expires"));
        String scope = call.rawPath();
        KeyedSignature signed = new KeyedSignature(fields.getOrDefault("signature", ""));
        List<String> keys = Admission.keys(found.account(), found.container());
        if (!signed.isOf(keys, scope + "\n" + text)
                && !signed.isOf(keys, scope.substring(SwiftPolicy.MOUNT.length()) + "\n" + text)) {
            throw Failure.unauthorized("FormPost: Invalid Signature");
        }
        call.admit();
        return terms;
    }

    private static long number(Map<String, String> fields, String name) {
        String text = fields.getOrDefault(name, "");
        if (!text.matches("\\d{1,18}")) {
            throw invalid(name + " not an integer");
        }
        return Long.parseLong(text);
    }

    private ObjectTable.Found found(SwiftPath path, String object) {
        return database.read(
                tx -> objects.find(tx, path.account(), path.container().orElse(""), object));
    }

    private void store(SwiftPath path, Terms terms, FormData.Part file) {
        String name = path.object().orElse("") + file.file().orElseThrow();
        SwiftPath place =
                SwiftPath.checked(path.account(), path.container().orElse("") + "/" + name);
        ObjectTable.Found found = found(place, name);
        Container container =
                found.container()
                        .orElseThrow(() -> Failure.notFound("The resource could not be found."));
        Map<String, String> headers = new TreeMap<>();
        file.header("Content-Encoding").ifPresent(it -> headers.put("content-encoding", it));
        long most = Math.min(Math.min(Uploads.LARGEST, terms.largest()), quotas.room(found, 0));
        StoredObject object =
                uploads.receive(
                        new Uploads.Wanted(
                                container,
                                name,
                                file.contentType().orElse(ObjectHeaders.DEFAULT_TYPE),
                                headers,
                                ObjectHeaders.deleteAt(
                                        header -> terms.field(header), clock.instant())),
                        file.body(),
                        OptionalLong.empty(),
                        most);
        uploads.store(container, object, false);
    }

    private static void answer(Call call, Exchange exchange, String redirect) {
        Map<String, String> headers = Answers.headers(call);
        if (redirect.isEmpty()) {
            headers.put("Content-Type", "text/html; charset=UTF-8");
            Answers.send(
                    exchange,
                    201,
                    headers,
                    "<html><h1>Created</h1><p></p></html>".getBytes(StandardCharsets.UTF_8));
            return;
        }
        if (redirect.chars().anyMatch(c -> c < ' ' || c == 127)) {
            throw new Failure(
                    FailureKind.BAD_REQUEST, "BadRequest", "FormPost: redirect is no URL");
        }
        headers.put(
                "Location",
                Answers.headerText(
                        redirect + (redirect.contains("?") ? "&" : "?") + "status=201&message="));
        Answers.empty(exchange, 303, headers);
    }
}
