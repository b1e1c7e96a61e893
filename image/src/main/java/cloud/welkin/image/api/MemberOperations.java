package cloud.welkin.image.api;

import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.Image;
import cloud.welkin.image.domain.Member;
import cloud.welkin.image.store.ImageTable;
import cloud.welkin.image.store.MemberTable;
import cloud.welkin.image.work.ImageLifecycle;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * With whom an image is shared. The owner adds and removes projects; each of them accepts or
 * rejects for itself.
 */
public final class MemberOperations implements OperationGroup {
    private static final int MOST_MEMBERS = 128;
    private static final List<String> STATUSES = List.of("pending", "accepted", "rejected");

    private final MemberTable members;
    private final ImageLifecycle lifecycle;
    private final ImageAccess access;

    public MemberOperations(ImageTable images, MemberTable members, ImageLifecycle lifecycle) {
        this.members = members;
        this.lifecycle = lifecycle;
        this.access = new ImageAccess(images);
    }

    @Override
    public List<Operation> operations() {
        String path = "/images/{image_id}/members";
        return List.of(
                Operation.get(path)
                        .policyByHandler("get_members")
                        .doc("Lists the projects that a shared image is shared with.")
                        .anyParam()
                        .reads(this::list),
                Operation.post(path)
                        .policyByHandler("add_member")
                        .status(200)
                        .doc("Shares an image with a project, which then may accept it.")
                        .body(JsonNode.class)
                        .writes(this::add),
                Operation.get(path + "/{member_id}")
                        .policyByHandler("get_member")
                        .doc("Shows what a project made of a shared image.")
                        .anyParam()
                        .reads(this::show),
                Operation.put(path + "/{member_id}")
                        .policyByHandler("modify_member")
                        .doc("Accepts or rejects a shared image.")
                        .body(JsonNode.class)
                        .writes(this::update),
                Operation.delete(path + "/{member_id}")
                        .policyByHandler("delete_member")
                        .doc("Stops sharing an image with a project.")
                        .writes((call, tx, none) -> remove(call, tx)));
    }

    private static void requireShared(Image image) {
        if (!image.visibility().equals("shared")) {
            throw Failure.forbidden("Only shared images have members.");
        }
    }

    /** The owner sees every member, a member only itself. */
    private Object list(Call call, Tx tx) {
        Image image = access.visible(call, tx, false);
        requireShared(image);
        call.authorize(access.target(call, tx, image));
        String own = call.caller().project().map(project -> project.value()).orElse("");
        boolean all = call.caller().isAdmin() || own.equals(image.owner());
        return ImageView.ofMembers(
                members.of(tx, image.id()).stream()
                        .filter(member -> all || member.project().equals(own))
                        .toList());
    }

    private Object add(Call call, Tx tx, JsonNode body) {
        Image image = access.visible(call, tx, true);
        requireShared(image);
        call.authorize(access.target(call, tx, image));
        JsonNode member = body.path("member");
        if (!member.isString()) {
            throw Failure.badRequest("Member to be added not specified");
        }
        String project = member.stringValue();
        if (project.isBlank() || project.length() > 255 || project.indexOf('\0') >= 0) {
            throw Failure.badRequest("Member can't be empty and has at most 255 characters.");
        }
        if (members.count(tx, image.id()) >= MOST_MEMBERS) {
            throw Failure.tooLarge(
                    "The limit has been exceeded on the number of allowed image members."
                            + " Maximum: %d",
                    MOST_MEMBERS);
        }
        Member added = new Member(image.id(), project, "pending", lifecycle.now(), lifecycle.now());
        if (!members.insert(tx, added)) {
            throw Failure.conflict("Member %s is duplicated for image %s", project, image.id());
        }
        return ImageView.of(added);
    }

    private Object show(Call call, Tx tx) {
        Image image = access.visible(call, tx, false);
        if (!image.visibility().equals("shared") || !call.may(access.target(call, tx, image))) {
            call.may(access.target(call, tx, image));
            throw notFound(call);
        }
        return ImageView.of(member(call, tx, image));
    }

    private Object update(Call call, Tx tx, JsonNode body) {
        Image image = access.visible(call, tx, true);
        requireShared(image);
        Member member = member(call, tx, image);
        JsonNode status = body.path("status");
        if (!status.isString() || !STATUSES.contains(status.stringValue())) {
            throw Failure.badRequest(
                    "The status of a member must be one of: %s", String.join(", ", STATUSES));
        }
        call.authorize(access.target(call, tx, image));
        boolean own =
                call.caller()
                        .project()
                        .map(project -> project.value().equals(member.project()))
                        .orElse(false);
        if (!own && !call.caller().isAdmin()) {
            throw Failure.forbidden("Not allowed to update members for image %s.", image.id());
        }
        members.setStatus(tx, image.id(), member.project(), status.stringValue(), lifecycle.now());
        return ImageView.of(member(call, tx, image));
    }

    private Object remove(Call call, Tx tx) {
        Image image = access.visible(call, tx, true);
        requireShared(image);
        call.authorize(access.target(call, tx, image));
        if (!members.delete(tx, image.id(), call.path("member_id"))) {
            throw notFound(call);
        }
        return Reply.empty();
    }

    private Member member(Call call, Tx tx, Image image) {
        String own = call.caller().project().map(project -> project.value()).orElse("");
        String asked = call.path("member_id");
        boolean allowed = call.caller().isAdmin() || own.equals(image.owner()) || own.equals(asked);
        return members.find(tx, image.id(), asked)
                .filter(member -> allowed)
                .orElseThrow(() -> notFound(call));
    }

    private static Failure notFound(Call call) {
        return Failure.notFound(
                "%s not found in the member list of the image %s.",
                call.path("member_id"), call.path("image_id"));
    }
}
