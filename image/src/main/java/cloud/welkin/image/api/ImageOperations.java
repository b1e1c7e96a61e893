package cloud.welkin.image.api;

import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.Image;
import cloud.welkin.image.domain.ImageDraft;
import cloud.welkin.image.domain.ImagePatch;
import cloud.welkin.image.domain.ImageQuery;
import cloud.welkin.image.domain.ImageStatus;
import cloud.welkin.image.store.ImageSearch;
import cloud.welkin.image.store.ImageTable;
import cloud.welkin.image.work.ImageLifecycle;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.policy.Target;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Images: create, list, show, change, delete, deactivate, reactivate. */
public final class ImageOperations implements OperationGroup {
    private final ImageTable images;
    private final ImageSearch search;
    private final ImageLifecycle lifecycle;
    private final ImageAccess access;

    public ImageOperations(ImageTable images, ImageSearch search, ImageLifecycle lifecycle) {
        this.images = images;
        this.search = search;
        this.lifecycle = lifecycle;
        this.access = new ImageAccess(images);
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.post("/images")
                        .policy("add_image")
                        .doc(
                                "Makes an image without data; other fields than Glance's own become custom properties.")
                        .body(JsonNode.class)
                        .writes(this::create),
                Operation.get("/images")
                        .policy("get_images")
                        .doc("Lists the images that the caller may use.")
                        .anyParam()
                        .reads(this::list),
                Operation.get("/images/{image_id}")
                        .policyByHandler("get_image")
                        .doc("Shows an image.")
                        .anyParam()
                        .reads((call, tx) -> ImageView.of(access.read(call, tx))),
                Operation.patch("/images/{image_id}")
                        .policyByHandler("modify_image")
                        .doc("Changes fields and custom properties by JSON patch.")
                        .body(JsonNode.class)
                        .writes(this::update),
                Operation.delete("/images/{image_id}")
                        .policyByHandler("delete_image")
                        .doc("Deletes an image; servers made from it go on.")
                        .writes((call, tx, none) -> delete(call, tx)),
                Operation.post("/images/{image_id}/actions/deactivate")
                        .policyByHandler("deactivate")
                        .status(204)
                        .doc("Keeps everybody but admins from the image's data.")
                        .writes(
                                (call, tx, none) ->
                                        move(
                                                call,
                                                tx,
                                                ImageStatus.ACTIVE,
                                                ImageStatus.DEACTIVATED)),
                Operation.post("/images/{image_id}/actions/reactivate")
                        .policyByHandler("reactivate")
                        .status(204)
                        .doc("Makes a deactivated image's data available again.")
                        .writes(
                                (call, tx, none) ->
                                        move(
                                                call,
                                                tx,
                                                ImageStatus.DEACTIVATED,
                                                ImageStatus.ACTIVE)));
    }

    private Object create(Call call, Tx tx, JsonNode body) {
        if (!body.isObject()) {
            throw Failure.badRequest("The request body must be a JSON object.");
        }
        ImageDraft draft = new ImageDraft();
        Optional<UUID> id = Optional.empty();
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            if (field.getKey().equals("id")) {
                id = Optional.of(wantedId(field.getValue()));
            } else {
                ImageDraft.requireWritable(field.getKey());
                draft.set(field.getKey(), field.getValue());
            }
        }
        draft.checkWhole();
        String owner = owner(call, draft.owner);
        requireVisibility(call, draft.visibility, owner);
        Instant now = lifecycle.now();
        Image image =
                image(
                        id.orElseGet(UUID::randomUUID),
                        draft,
                        owner,
                        ImageStatus.QUEUED,
                        Optional.empty(),
                        now);
        if (!lifecycle.create(tx, image, ImageAccess.cause(call))) {
            throw Failure.conflict("Image ID %s already exists!", image.id());
        }
        return Reply.of(ImageView.of(image))
                .header("Location", call.origin() + "/image/v2/images/" + image.id())
                .header("OpenStack-image-import-methods", "glance-direct");
    }

    private static UUID wantedId(JsonNode value) {
        return Optional.of(value)
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .filter(text -> text.length() == 36)
                .flatMap(Ids::uuid)
                .orElseThrow(() -> Failure.badRequest("Invalid image id format"));
    }

    private static String owner(Call call, Optional<String> wanted) {
        if (call.caller().isAdmin() && wanted.isPresent()) {
            return wanted.get();
        }
        String own = call.caller().requireProject().value();
        if (wanted.isPresent() && !wanted.get().equals(own)) {
            throw Failure.forbidden(
                    "You are not permitted to create images owned by '%s'.", wanted.get());
        }
        return own;
    }

    private static void requireVisibility(Call call, String visibility, String owner) {
        Target target =
                new Target(Map.of("project_id", owner, "owner", owner, "visibility", visibility));
        switch (visibility) {
            case "public" -> call.require("publicize_image", target);
            case "community" -> call.require("communitize_image", target);
            default -> {}
        }
    }

    private static Image image(
            UUID id,
            ImageDraft draft,
            String owner,
            ImageStatus status,
            Optional<Image> before,
            Instant now) {
        return new Image(
                id,
                owner,
                draft.name,
                status,
                draft.visibility,
                draft.diskFormat,
                draft.containerFormat,
                draft.minDisk,
                draft.minRam,
                draft.guarded,
                draft.hidden,
                before.flatMap(Image::size),
                before.flatMap(Image::virtualSize),
                before.flatMap(Image::checksum),
                before.flatMap(Image::sha512),
                draft.tags,
                draft.properties,
                before.map(Image::createdAt).orElse(now),
                now);
    }

    private Object list(Call call, Tx tx) {
        ImageQuery query = ImageQuery.of(call.query());
        List<Image> page = search.page(tx, ImageAccess.viewer(call.caller()), query);
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("images", page.stream().map(ImageView::of).toList());
        String rest = without(call.query(), "marker");
        view.put("first", "/v2/images" + (rest.isEmpty() ? "" : "?" + rest));
        view.put("schema", "/v2/schemas/images");
        if (!page.isEmpty() && page.size() == query.limit()) {
            view.put(
                    "next",
                    "/v2/images?"
                            + (rest.isEmpty() ? "" : rest + "&")
                            + "marker="
                            + page.getLast().id());
        }
        return view;
    }

    private static String without(Query query, String left) {
        return query.values().entrySet().stream()
                .filter(entry -> !entry.getKey().equals(left))
                .flatMap(
                        entry ->
                                entry.getValue().stream()
                                        .map(value -> encode(entry.getKey()) + "=" + encode(value)))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Object update(Call call, Tx tx, JsonNode body) {
        String type =
                call.header("Content-Type")
                        .orElse("")
                        .split(";", 2)[0]
                        .strip()
                        .toLowerCase(Locale.ROOT);
        boolean draft4 = type.equals("application/openstack-images-v2.0-json-patch");
        if (!draft4 && !type.equals("application/openstack-images-v2.1-json-patch")) {
            throw new Failure(
                    FailureKind.UNSUPPORTED_MEDIA_TYPE,
                    "UnsupportedMediaType",
                    "Image PATCH expects Content-Type one of:"
                            + " application/openstack-images-v2.0-json-patch,"
                            + " application/openstack-images-v2.1-json-patch");
        }
        Image image = access.locked(call, tx);
        ImageDraft draft = ImagePatch.parse(body, draft4).applyTo(image);
        String owner = draft.owner.orElse(image.owner());
        if (!owner.equals(image.owner()) && !call.caller().isAdmin()) {
            throw Failure.forbidden("You are not permitted to give an image to another owner.");
        }
        if (!draft.visibility.equals(image.visibility())) {
            requireVisibility(call, draft.visibility, image.owner());
        }
        Image after =
                image(
                        image.id(),
                        draft,
                        owner,
                        image.status(),
                        Optional.of(image),
                        lifecycle.now());
        lifecycle.update(tx, image, after, ImageAccess.cause(call));
        return ImageView.of(after);
    }

    private Object delete(Call call, Tx tx) {
        Image image = access.locked(call, tx);
        if (image.guarded()) {
            throw Failure.forbidden("Image %s is protected and cannot be deleted.", image.id());
        }
        lifecycle.delete(tx, image, ImageAccess.cause(call));
        return Reply.empty();
    }

    private Object move(Call call, Tx tx, ImageStatus from, ImageStatus to) {
        Image image = access.locked(call, tx);
        if (image.status() != from && image.status() != to) {
            throw Failure.badRequest(
                    "Image status transition from %s to %s is not allowed",
                    image.status().word(), to.word());
        }
        images.setStatus(tx, image.id(), to, lifecycle.now());
        return Reply.empty();
    }
}
