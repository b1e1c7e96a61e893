package cloud.welkin.volume.api;

import static cloud.welkin.volume.schema.Tables.ATTACHMENTS;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.volume.domain.Binding;
import cloud.welkin.volume.domain.Volume;
import cloud.welkin.volume.store.BindingTable;
import cloud.welkin.volume.store.VolumeTable;
import cloud.welkin.volume.work.VolumeBindings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Attachments (3.27): what ties volumes to servers. Compute makes its own inside this program;
 * those are not for clients to take away, since a guest would still have the disk.
 */
public final class AttachmentOperations implements OperationGroup {
    private final VolumeTable volumes;
    private final BindingTable bindings;
    private final VolumeBindings work;

    public AttachmentOperations(VolumeTable volumes, BindingTable bindings, VolumeBindings work) {
        this.volumes = volumes;
        this.bindings = bindings;
        this.work = work;
    }

    @Override
    public List<Operation> operations() {
        String path = "/attachments/{attachment_id}";
        return List.of(
                Operation.get("/attachments")
                        .policy("volume:attachment_get")
                        .since("3.27")
                        .anyParam()
                        .doc("Lists attachments in brief.")
                        .reads((call, tx) -> list(call, tx, false)),
                Operation.get("/attachments/detail")
                        .policy("volume:attachment_get")
                        .since("3.27")
                        .anyParam()
                        .doc("Lists attachments in full.")
                        .reads((call, tx) -> list(call, tx, true)),
                Operation.get(path)
                        .policyByHandler("volume:attachment_get")
                        .since("3.27")
                        .doc("Shows an attachment.")
                        .reads((call, tx) -> view(tx, find(call, tx))),
                Operation.post("/attachments")
                        .policyByHandler("volume:attachment_create")
                        .since("3.27")
                        .status(200)
                        .doc(
                                "Reserves a volume for a server; with a connector, begins to connect it.")
                        .body(JsonNode.class)
                        .writes(this::create),
                Operation.put(path)
                        .policyByHandler("volume:attachment_update")
                        .since("3.27")
                        .doc("Says which host is to be connected.")
                        .body(JsonNode.class)
                        .writes(this::update),
                Operation.post(path + "/action")
                        .policyByHandler("volume:attachment_complete")
                        .since("3.44")
                        .status(204)
                        .doc("os-complete: the server has the volume.")
                        .body(JsonNode.class)
                        .writes(this::complete),
                Operation.delete(path)
                        .policyByHandler("volume:attachment_delete")
                        .since("3.27")
                        .status(200)
                        .doc("Ends an attachment.")
                        .writes((call, tx, none) -> delete(call, tx)));
    }

    private Binding find(Call call, Tx tx) {
        Binding binding =
                call.pathUuid("attachment_id")
                        .flatMap(id -> bindings.find(tx, id))
                        .filter(
                                it ->
                                        call.allows(
                                                VolumePolicy.GET,
                                                VolumeAccess.target(it.project())))
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                        "Volume attachment could not be found with"
                                                                + " filter: attachment_id = %s.",
                                                        call.path("attachment_id"))
                                                .as("VolumeAttachmentNotFound"));
        call.authorize(VolumeAccess.target(binding.project()));
        return binding;
    }

    private Map<String, Object> connection(Tx tx, Binding binding) {
        if (binding.status() == Binding.Status.RESERVED) {
            return Map.of();
        }
        Map<String, Object> connection = new LinkedHashMap<>();
        connection.put("driver_volume_type", "local");
        connection.put("attachment_id", binding.id().toString());
        connection.put("access_mode", binding.mode());
        volumes.find(tx, binding.volume())
                .flatMap(Volume::path)
                .ifPresent(path -> connection.put("device_path", path));
        return connection;
    }

    private Object view(Tx tx, Binding binding) {
        return Map.of("attachment", VolumeView.of(binding, connection(tx, binding)));
    }

    private Object list(Call call, Tx tx, boolean detail) {
        Condition which = DSL.trueCondition();
        Optional<String> project = VolumeAccess.asked(call).project();
        if (project.isPresent()) {
            which = which.and(ATTACHMENTS.PROJECT.eq(project.get()));
        }
        for (var filter :
                Map.of("volume_id", ATTACHMENTS.VOLUME_ID, "instance_id", ATTACHMENTS.SERVER_ID)
                        .entrySet()) {
            Optional<String> value = call.query().text(filter.getKey());
            if (value.isPresent()) {
                which =
                        which.and(
                                Ids.uuid(value.get())
                                        .map(filter.getValue()::eq)
                                        .orElse(DSL.falseCondition()));
            }
        }
        Optional<String> status = call.query().text("status").filter(it -> it.indexOf('\0') < 0);
        if (status.isPresent()) {
            which = which.and(ATTACHMENTS.STATUS.eq(status.get()));
        }
        return Map.of(
                "attachments",
                bindings.list(tx, which).stream()
                        .limit(1000)
                        .map(it -> detail ? VolumeView.of(it, Map.of()) : brief(it))
                        .toList());
    }

    private static Map<String, @Nullable Object> brief(Binding binding) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("id", binding.id().toString());
        view.put("status", binding.status().word());
        view.put("instance", binding.server().map(Object::toString).orElse(null));
        view.put("volume_id", binding.volume().toString());
        return view;
    }

    private Object create(Call call, Tx tx, JsonNode body) {
        Body wanted =
                Body.of(body, "attachment")
                        .only("volume_uuid", "instance_uuid", "connector", "mode");
        UUID id =
                wanted.uuid("volume_uuid")
                        .orElseThrow(
                                () -> Failure.badRequest("'volume_uuid' is a required property"));
        Volume volume =
                volumes.lock(tx, id)
                        .filter(
                                it ->
                                        call.allows(
                                                VolumePolicy.GET,
                                                VolumeAccess.target(it.project())))
                        .orElseThrow(() -> VolumeAccess.noVolume(id.toString()));
        call.authorize(VolumeAccess.target(volume.project()));
        String mode = wanted.text("mode").orElse("rw");
        if (!mode.equals("rw") && !mode.equals("ro")) {
            throw Failure.badRequest("Invalid input for field/attribute mode. It is rw or ro.");
        }
        Binding binding =
                work.reserve(
                        tx,
                        volume,
                        wanted.uuid("instance_uuid"),
                        Optional.empty(),
                        mode,
                        Binding.Status.RESERVED);
        if (wanted.node().path("connector").isObject()) {
            connect(tx, binding, wanted);
        }
        return view(tx, bindings.find(tx, binding.id()).orElse(binding));
    }

    private void connect(Tx tx, Binding binding, Body wanted) {
        Body connector = new Body("connector", wanted.node().path("connector"));
        work.connecting(tx, binding, connector.text("mountpoint"), connector.text("host"));
    }

    private Object update(Call call, Tx tx, JsonNode body) {
        Binding binding = find(call, tx);
        Body wanted = Body.of(body, "attachment").only("connector");
        if (!wanted.node().path("connector").isObject()) {
            throw Failure.badRequest("'connector' is a required property");
        }
        connect(tx, binding, wanted);
        return view(tx, bindings.find(tx, binding.id()).orElse(binding));
    }

    private Object complete(Call call, Tx tx, JsonNode body) {
        Binding binding = find(call, tx);
        if (!body.has("os-complete")) {
            throw Failure.badRequest("There is no such action.");
        }
        if (binding.status() != Binding.Status.ATTACHING) {
            throw Failure.badRequest(
                            "Invalid volume: an attachment is completed when it is attaching.")
                    .as("InvalidVolume");
        }
        work.attached(tx, binding.id(), Optional.empty(), Optional.empty());
        return Reply.empty();
    }

    private Object delete(Call call, Tx tx) {
        Binding binding = find(call, tx);
        boolean ofGuest =
                binding.server().isPresent()
                        && binding.device().isPresent()
                        && (binding.status() == Binding.Status.ATTACHED
                                || binding.status() == Binding.Status.DETACHING);
        if (ofGuest && !call.caller().isAdmin()) {
            throw Failure.conflict(
                            "Detach volume from instance %s using the Compute API",
                            binding.server().get())
                    .as("ConflictNovaUsingAttachment");
        }
        work.release(tx, binding.id());
        return Map.of(
                "attachments",
                bindings.ofVolumes(tx, List.of(binding.volume())).stream()
                        .map(it -> Map.of("id", it.id().toString()))
                        .toList());
    }
}
