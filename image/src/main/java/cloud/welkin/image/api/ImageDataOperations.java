package cloud.welkin.image.api;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.Image;
import cloud.welkin.image.domain.ImageStatus;
import cloud.welkin.image.domain.ImportTask;
import cloud.welkin.image.store.ImageTable;
import cloud.welkin.image.store.TaskTable;
import cloud.welkin.image.work.ImageData;
import cloud.welkin.image.work.ImageImports;
import cloud.welkin.image.work.ImageLifecycle;
import cloud.welkin.image.work.ImageStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;

/** The data of images: upload, download, stage and import. */
public final class ImageDataOperations implements OperationGroup {
    private final Database database;
    private final TaskTable tasks;
    private final ImageTable images;
    private final ImageData data;
    private final ImageStore store;
    private final ImageLifecycle lifecycle;
    private final BiConsumer<Tx, String> poke;
    private final ImageAccess access;

    /**
     * @param poke has a reconciler run after the transaction
     */
    public ImageDataOperations(
            Database database,
            ImageTable images,
            TaskTable tasks,
            ImageData data,
            ImageStore store,
            ImageLifecycle lifecycle,
            BiConsumer<Tx, String> poke) {
        this.database = database;
        this.images = images;
        this.tasks = tasks;
        this.data = data;
        this.store = store;
        this.lifecycle = lifecycle;
        this.poke = poke;
        this.access = new ImageAccess(images);
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.put("/images/{image_id}/file")
                        .policyByHandler("upload_image")
                        .status(204)
                        .doc(
                                "Uploads the image's data; 415 when it is not of the declared format or unsafe.")
                        .streams(this::upload),
                Operation.get("/images/{image_id}/file")
                        .policyByHandler("download_image")
                        .doc("Downloads the image's data or a range of it; 204 when there is none.")
                        .anyParam()
                        .streams(this::download),
                Operation.put("/images/{image_id}/stage")
                        .policyByHandler("modify_image")
                        .status(204)
                        .doc("Uploads data that an import takes in later.")
                        .streams(this::stage),
                Operation.post("/images/{image_id}/import")
                        .policyByHandler("modify_image")
                        .status(202)
                        .doc("Begins to take staged data in (glance-direct).")
                        .body(JsonNode.class)
                        .writes(this::beginImport),
                Operation.get("/images/{image_id}/tasks")
                        .policyByHandler("get_task")
                        .doc("Lists the imports of an image.")
                        .anyParam()
                        .reads(this::tasks));
    }

    private void upload(Call call, Exchange exchange) {
        requireOctets(call);
        data.upload(
                tx -> access.locked(call, tx),
                exchange.body(),
                exchange.contentLength().orElse(-1),
                ImageAccess.cause(call));
    }

    private void stage(Call call, Exchange exchange) {
        requireOctets(call);
        data.stage(
                tx -> access.locked(call, tx),
                exchange.body(),
                exchange.contentLength().orElse(-1),
                ImageAccess.cause(call));
    }

    private static void requireOctets(Call call) {
        boolean octets =
                call.header("Content-Type")
                        .map(type -> type.split(";", 2)[0].strip())
                        .map("application/octet-stream"::equalsIgnoreCase)
                        .orElse(false);
        if (!octets) {
            throw new Failure(
                    FailureKind.UNSUPPORTED_MEDIA_TYPE,
                    "UnsupportedMediaType",
                    "Unsupported Content-Type; use application/octet-stream.");
        }
    }

    private void download(Call call, Exchange exchange) {
        Image image = database.read(tx -> access.read(call, tx));
        if (image.status() == ImageStatus.DEACTIVATED && !call.caller().isAdmin()) {
            throw Failure.forbidden(
                    "The requested image has been deactivated. Image data download is forbidden.");
        }
        if (image.sha512().isEmpty()) {
            end(exchange, 204, Map.of());
            return;
        }
        Path file = store.content(image.sha512().get());
        long size = image.size().orElse(0L);
        Optional<ByteRange> range = ByteRange.parse(call.header("Range"), size);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/octet-stream");
        headers.put("Accept-Ranges", "bytes");
        if (range.isPresent()) {
            headers.put("Content-Range", range.get().contentRange(size));
            exchange.answerFile(206, headers, file, range.get().from(), range.get().length());
        } else {
            headers.put("Content-MD5", image.checksum().orElse(""));
            exchange.answerFile(200, headers, file, 0, size);
        }
    }

    private static void end(Exchange exchange, int status, Map<String, String> headers) {
        try {
            exchange.answer(status, headers).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Object beginImport(Call call, Tx tx, JsonNode body) {
        JsonNode method = body.path("method");
        if (!method.isObject()) {
            throw Failure.badRequest("Import request requires a 'method' field.");
        }
        if (!method.path("name").isString()) {
            throw Failure.badRequest("Import request requires a 'name' field.");
        }
        if (!method.path("name").stringValue().equals("glance-direct")) {
            throw Failure.badRequest(
                    "Unknown import method name '%s'.", shown(method.path("name").stringValue()));
        }
        // all_stores is what happens anyway where there is one store; clients send it unasked.
        if (body.has("stores")) {
            throw Failure.badRequest("This cloud has one store; stores cannot be chosen.");
        }
        Image image = access.locked(call, tx);
        if (image.diskFormat().isEmpty() || image.containerFormat().isEmpty()) {
            throw Failure.badRequest(
                    "'disk_format' and 'container_format' need to be set before import.");
        }
        if (image.status() != ImageStatus.UPLOADING || image.size().isEmpty()) {
            throw Failure.conflict(
                    "Image needs to be staged before 'glance-direct' method can be used");
        }
        images.setStatus(tx, image.id(), ImageStatus.IMPORTING, lifecycle.now());
        tasks.insert(
                tx,
                new ImportTask(
                        UUID.randomUUID(),
                        image.id(),
                        image.owner(),
                        call.caller().user().value(),
                        call.requestId(),
                        "pending",
                        "",
                        lifecycle.now(),
                        lifecycle.now()));
        poke.accept(tx, ImageImports.NAME);
        return Reply.empty();
    }

    private static String shown(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }

    private Object tasks(Call call, Tx tx) {
        Image image = access.read(call, tx);
        return Map.of(
                "tasks",
                tasks.ofImage(tx, image.id()).stream().map(ImageDataOperations::view).toList());
    }

    private static Map<String, Object> view(ImportTask task) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", task.id().toString());
        view.put("type", "api_image_import");
        view.put("status", task.status());
        view.put("owner", task.owner());
        view.put("message", task.message());
        view.put("image_id", task.image().toString());
        view.put("request_id", task.requestId());
        view.put("user_id", task.user());
        view.put("created_at", Times.seconds(task.createdAt()));
        view.put("updated_at", Times.seconds(task.updatedAt()));
        view.put("self", "/v2/tasks/" + task.id());
        view.put("schema", "/v2/schemas/task");
        return view;
    }
}
