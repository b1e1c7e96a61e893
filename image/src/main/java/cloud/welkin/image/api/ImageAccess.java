package cloud.welkin.image.api;

import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.Image;
import cloud.welkin.image.store.ImageTable;
import cloud.welkin.image.store.ImageTable.Viewer;
import cloud.welkin.image.work.ImageLifecycle.Cause;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Target;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds the image that a call is about: 404 for who may not know of it, 403 for who may but not do
 * this to it.
 */
final class ImageAccess {
    private final ImageTable images;

    ImageAccess(ImageTable images) {
        this.images = images;
    }

    static Viewer viewer(Caller caller) {
        return new Viewer(caller.project().map(project -> project.value()), caller.isAdmin());
    }

    static Cause cause(Call call) {
        return new Cause(call.caller().user().value(), call.requestId());
    }

    /** The image, which the operation's rule lets the caller act on. */
    Image read(Call call, Tx tx) {
        return checked(call, tx, call.pathUuid("image_id").flatMap(id -> images.find(tx, id)));
    }

    /** The same, locked until the transaction ends. */
    Image locked(Call call, Tx tx) {
        return checked(call, tx, call.pathUuid("image_id").flatMap(id -> images.lock(tx, id)));
    }

    /** The image if the caller may know of it; the rule is still to be checked. */
    Image visible(Call call, Tx tx, boolean lock) {
        Optional<UUID> id = call.pathUuid("image_id");
        Optional<Image> found =
                lock
                        ? id.flatMap(it -> images.lock(tx, it))
                        : id.flatMap(it -> images.find(tx, it));
        return found.filter(image -> images.sees(tx, viewer(call.caller()), image))
                .orElseThrow(() -> notFound(call));
    }

    private Image checked(Call call, Tx tx, Optional<Image> found) {
        Image image =
                found.filter(it -> images.sees(tx, viewer(call.caller()), it))
                        .orElseThrow(() -> notFound(call));
        call.authorize(target(call, tx, image));
        return image;
    }

    private static Failure notFound(Call call) {
        return Failure.notFound("No image found with ID %s", call.path("image_id"));
    }

    /** The image as rules see it; {@code member_id} is there for projects it is shared with. */
    Target target(Call call, Tx tx, Image image) {
        Map<String, String> attributes = new HashMap<>();
        attributes.put("project_id", image.owner());
        attributes.put("tenant_id", image.owner());
        attributes.put("owner", image.owner());
        attributes.put("image_id", image.id().toString());
        attributes.put("visibility", image.visibility());
        call.caller()
                .project()
                .filter(
                        project ->
                                !project.value().equals(image.owner())
                                        && images.isMember(tx, viewer(call.caller()), image.id()))
                .ifPresent(project -> attributes.put("member_id", project.value()));
        return new Target(attributes);
    }
}
