package cloud.welkin.image.api;

import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.Image;
import cloud.welkin.image.domain.ImageDraft;
import cloud.welkin.image.store.ImageTable;
import cloud.welkin.image.work.ImageLifecycle;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import java.util.ArrayList;
import java.util.List;

/** The tags of an image, one at a time. */
public final class TagOperations implements OperationGroup {
    private final ImageTable images;
    private final ImageLifecycle lifecycle;
    private final ImageAccess access;

    public TagOperations(ImageTable images, ImageLifecycle lifecycle) {
        this.images = images;
        this.lifecycle = lifecycle;
        this.access = new ImageAccess(images);
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.put("/images/{image_id}/tags/{tag}")
                        .policyByHandler("modify_image")
                        .status(204)
                        .doc("Adds a tag; adding it twice is adding it once.")
                        .writes((call, tx, none) -> add(call, tx)),
                Operation.delete("/images/{image_id}/tags/{tag}")
                        .policyByHandler("modify_image")
                        .doc("Removes a tag.")
                        .writes((call, tx, none) -> remove(call, tx)));
    }

    private Object add(Call call, Tx tx) {
        Image image = access.locked(call, tx);
        List<String> tags = new ArrayList<>(image.tags());
        String tag = ImageDraft.tag(call.path("tag"));
        if (!tags.contains(tag)) {
            tags.add(tag);
            ImageDraft.checkTags(tags);
            images.setTags(tx, image.id(), tags, lifecycle.now());
        }
        return Reply.empty();
    }

    private Object remove(Call call, Tx tx) {
        Image image = access.locked(call, tx);
        List<String> tags = new ArrayList<>(image.tags());
        if (!tags.remove(call.path("tag"))) {
            throw Failure.notFound("The image has no tag %s.", call.path("tag"));
        }
        images.setTags(tx, image.id(), tags, lifecycle.now());
        return Reply.empty();
    }
}
