package cloud.welkin.volume.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.volume.domain.Binding;
import cloud.welkin.volume.domain.Volume;
import cloud.welkin.volume.domain.VolumeStatus;
import cloud.welkin.volume.store.BindingTable;
import cloud.welkin.volume.store.SnapshotTable;
import cloud.welkin.volume.store.TypeTable;
import cloud.welkin.volume.store.VolumeSearch;
import cloud.welkin.volume.store.VolumeSearch.Asked;
import cloud.welkin.volume.store.VolumeTable;
import cloud.welkin.volume.work.VolumeLifecycle;
import cloud.welkin.volume.work.VolumeMaking;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Volumes: create, list, show, change, delete, and what {@code action} does with them. */
public final class VolumeOperations implements OperationGroup {
    private final VolumeTable volumes;
    private final BindingTable bindings;
    private final VolumeSearch search;
    private final TypeTable types;
    private final VolumeMaking making;
    private final VolumeLifecycle lifecycle;
    private final VolumeAccess access;

    public VolumeOperations(
            VolumeTable volumes,
            SnapshotTable snapshots,
            BindingTable bindings,
            VolumeSearch search,
            TypeTable types,
            VolumeMaking making,
            VolumeLifecycle lifecycle) {
        this.volumes = volumes;
        this.bindings = bindings;
        this.search = search;
        this.types = types;
        this.making = making;
        this.lifecycle = lifecycle;
        this.access = new VolumeAccess(volumes, snapshots);
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.post("/volumes")
                        .policy("volume:create")
                        .status(202)
                        .doc("Makes a volume: empty, from an image, a snapshot or a volume.")
                        .body(JsonNode.class)
                        .conversions(VolumeView.VOLUME_HISTORY)
                        .writes(this::create),
                Operation.get("/volumes")
                        .policy("volume:get_all")
                        .doc("Lists volumes in brief.")
                        .anyParam()
                        .reads((call, tx) -> list(call, tx, false)),
                Operation.get("/volumes/detail")
                        .policy("volume:get_all")
                        .doc("Lists volumes in full.")
                        .anyParam()
                        .conversions(VolumeView.VOLUME_HISTORY)
                        .reads((call, tx) -> list(call, tx, true)),
                Operation.get("/volumes/summary")
                        .policy("volume:get_all")
                        .since("3.12")
                        .anyParam()
                        .doc("How many volumes there are and how large they are together.")
                        .reads(this::summary),
                Operation.get("/volumes/{volume_id}")
                        .policyByHandler("volume:get")
                        .anyParam()
                        .doc("Shows a volume.")
                        .conversions(VolumeView.VOLUME_HISTORY)
                        .reads((call, tx) -> view(call, tx, access.volume(call, tx, false))),
                Operation.put("/volumes/{volume_id}")
                        .policyByHandler("volume:update")
                        .doc("Changes name, description or metadata.")
                        .body(JsonNode.class)
                        .conversions(VolumeView.VOLUME_HISTORY)
                        .writes(this::update),
                Operation.delete("/volumes/{volume_id}")
                        .policyByHandler("volume:delete")
                        .status(202)
                        .anyParam()
                        .doc("Deletes a volume; with cascade its snapshots too.")
                        .writes((call, tx, none) -> delete(call, tx)),
                Operation.post("/volumes/{volume_id}/action")
                        .policyByHandler("volume:get")
                        .status(202)
                        .doc("os-extend, os-reserve, os-unreserve, os-set_bootable and others.")
                        .body(JsonNode.class)
                        .writes(this::action));
    }

    private Object create(Call call, Tx tx, JsonNode body) {
        Body wanted =
                Body.of(body, "volume")
                        .only(
                                "size",
                                "name",
                                "display_name",
                                "description",
                                "display_description",
                                "volume_type",
                                "availability_zone",
                                "metadata",
                                "imageRef",
                                "image_id",
                                "snapshot_id",
                                "source_volid",
                                "source_replica",
                                "consistencygroup_id",
                                "group_id",
                                "backup_id",
                                "multiattach",
                                "user_id",
                                "project_id",
                                "status",
                                "attach_status");
        for (String absent :
                List.of("source_replica", "consistencygroup_id", "group_id", "backup_id")) {
            if (wanted.text(absent).isPresent()) {
                throw Failure.notFound(
                        "%s %s could not be found.", absent, wanted.text(absent).orElse(""));
            }
        }
        if (wanted.truth("multiattach").orElse(false)) {
            throw Failure.badRequest(
                    "multiattach is asked for by a volume type whose extra specs allow it.");
        }
        Volume volume =
                making.make(
                        tx,
                        call.caller(),
                        new VolumeMaking.Wanted(
                                wanted.text("name").or(() -> wanted.text("display_name")),
                                wanted.text("description")
                                        .or(() -> wanted.text("display_description")),
                                wanted.number("size"),
                                wanted.uuid("imageRef").or(() -> wanted.uuid("image_id")),
                                wanted.uuid("snapshot_id"),
                                wanted.uuid("source_volid"),
                                wanted.text("volume_type").filter(it -> !it.isEmpty()),
                                wanted.text("availability_zone").filter(it -> !it.isEmpty()),
                                wanted.texts("metadata"),
                                call.requestId()));
        return Map.of("volume", VolumeView.made(call, volume, List.of()));
    }

    private Object view(Call call, Tx tx, Volume volume) {
        return Map.of(
                "volume",
                VolumeView.full(call, volume, bindings.ofVolumes(tx, List.of(volume.id()))));
    }

    private Object list(Call call, Tx tx, boolean detail) {
        Asked asked = VolumeAccess.asked(call);
        List<Volume> page = asked.limit() == 0 ? List.of() : search.volumes(tx, asked);
        Map<String, Object> view = new LinkedHashMap<>();
        if (detail) {
            List<UUID> attached =
                    page.stream()
                            .filter(it -> it.status() != VolumeStatus.AVAILABLE)
                            .map(Volume::id)
                            .toList();
            Map<UUID, List<Binding>> byVolume =
                    attached.isEmpty()
                            ? Map.of()
                            : bindings.ofVolumes(tx, attached).stream()
                                    .collect(Collectors.groupingBy(Binding::volume));
            view.put(
                    "volumes",
                    page.stream()
                            .map(
                                    it ->
                                            VolumeView.full(
                                                    call,
                                                    it,
                                                    byVolume.getOrDefault(it.id(), List.of())))
                            .toList());
        } else {
            view.put("volumes", page.stream().map(it -> VolumeView.brief(call, it)).toList());
        }
        if (!page.isEmpty() && page.size() == asked.limit()) {
            view.put("volumes_links", VolumeView.next(call, page.getLast().id().toString()));
        }
        if (call.version().atLeast("3.45") && call.query().bool("with_count").orElse(false)) {
            view.put("count", search.sum(tx, asked).getKey());
        }
        return view;
    }

    private Object summary(Call call, Tx tx) {
        var sum = search.sum(tx, VolumeAccess.asked(call));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("total_count", sum.getKey());
        view.put("total_size", sum.getValue());
        if (call.version().atLeast("3.36")) {
            view.put("metadata", Map.of());
        }
        return Map.of("volume-summary", view);
    }

    private Object update(Call call, Tx tx, JsonNode body) {
        Volume volume = access.volume(call, tx, true);
        Body wanted =
                Body.of(body, "volume")
                        .only(
                                "name",
                                "description",
                                "display_name",
                                "display_description",
                                "metadata");
        Optional<String> name =
                wanted.has("name")
                        ? wanted.text("name")
                        : wanted.text("display_name").or(volume::name);
        Optional<String> description =
                wanted.has("description")
                        ? wanted.text("description")
                        : wanted.text("display_description").or(volume::description);
        Map<String, String> metadata =
                wanted.has("metadata") ? wanted.texts("metadata") : volume.metadata();
        Volume changed = Changes.of(volume).named(name, description).metadata(metadata).done();
        volumes.update(tx, changed, lifecycle.now());
        return Map.of(
                "volume",
                VolumeView.made(
                        call,
                        volumes.find(tx, volume.id()).orElse(changed),
                        bindings.ofVolumes(tx, List.of(volume.id()))));
    }

    private Object delete(Call call, Tx tx) {
        Volume volume = access.volume(call, tx, true);
        boolean force = call.query().bool("force").orElse(false);
        if (force) {
            call.require(
                    "volume_extension:volume_admin_actions:force_delete",
                    VolumeAccess.target(volume.project()));
        }
        lifecycle.delete(tx, volume, call.query().bool("cascade").orElse(false), force);
        return Reply.empty();
    }

    private Object action(Call call, Tx tx, JsonNode body) {
        Volume volume = access.volume(call, tx, true);
        if (!body.isObject() || body.size() != 1) {
            throw Failure.badRequest("There must be exactly one action in the body.");
        }
        String name = body.propertyNames().iterator().next();
        switch (name) {
            case "os-extend" -> {
                require(call, volume, "volume:extend");
                long size =
                        Body.of(body, name)
                                .number("new_size")
                                .filter(it -> it > 0 && it <= 1 << 20)
                                .orElseThrow(
                                        () ->
                                                Failure.badRequest(
                                                        "New volume size must be specified as a positive integer."));
                lifecycle.extend(tx, volume, size);
            }
            case "os-reserve" -> {
                require(call, volume, "volume_extension:volume_actions:reserve");
                move(tx, volume, VolumeStatus.AVAILABLE, VolumeStatus.ATTACHING);
            }
            case "os-unreserve" -> {
                require(call, volume, "volume_extension:volume_actions:unreserve");
                if (!bindings.ofVolumes(tx, List.of(volume.id())).isEmpty()) {
                    throw VolumeLifecycle.invalid(
                            "Volume %s is reserved by an attachment.", volume.id());
                }
                move(tx, volume, VolumeStatus.ATTACHING, VolumeStatus.AVAILABLE);
            }
            case "os-set_bootable" -> {
                require(call, volume, "volume_extension:volume_actions:set_bootable");
                boolean bootable =
                        Body.of(body, name)
                                .truth("bootable")
                                .orElseThrow(
                                        () ->
                                                Failure.badRequest(
                                                        "'bootable' is a required property"));
                volumes.update(tx, Changes.of(volume).bootable(bootable).done(), lifecycle.now());
                return Reply.empty().status(200);
            }
            case "os-update_readonly_flag" -> {
                require(call, volume, "volume:update_readonly_flag");
                boolean readOnly =
                        Body.of(body, name)
                                .truth("readonly")
                                .orElseThrow(
                                        () ->
                                                Failure.badRequest(
                                                        "'readonly' is a required property"));
                if (volume.status() != VolumeStatus.AVAILABLE) {
                    throw VolumeLifecycle.invalid(
                            "Volume %s status must be available.", volume.id());
                }
                volumes.update(tx, Changes.of(volume).readOnly(readOnly).done(), lifecycle.now());
            }
            case "os-retype" -> retype(call, tx, volume, Body.of(body, name));
            case "os-force_delete" -> {
                require(call, volume, "volume_extension:volume_admin_actions:force_delete");
                lifecycle.delete(tx, volume, false, true);
            }
            case "os-reset_status" -> resetStatus(call, volume, Body.of(body, name));
            case "os-set_image_metadata" -> {
                require(call, volume, "volume_extension:volume_image_metadata:set");
                Map<String, String> metadata = new HashMap<>(volume.imageMetadata());
                metadata.putAll(Body.of(body, name).texts("metadata"));
                volumes.update(
                        tx, Changes.of(volume).imageMetadata(metadata).done(), lifecycle.now());
                return Reply.of(Map.of("metadata", metadata)).status(200);
            }
            case "os-show_image_metadata" -> {
                return Reply.of(Map.of("metadata", volume.imageMetadata())).status(200);
            }
            case "os-unset_image_metadata" -> {
                require(call, volume, "volume_extension:volume_image_metadata:remove");
                Map<String, String> metadata = new HashMap<>(volume.imageMetadata());
                String key = Body.of(body, name).text("key").orElse("");
                if (metadata.remove(key) == null) {
                    throw Failure.notFound("Metadata does not exist.");
                }
                volumes.update(
                        tx, Changes.of(volume).imageMetadata(metadata).done(), lifecycle.now());
                return Reply.empty().status(200);
            }
            default ->
                    throw Failure.badRequest(
                            "There is no such action: %s",
                            name.length() > 50 ? name.substring(0, 50) : name);
        }
        return Reply.empty();
    }

    private void retype(Call call, Tx tx, Volume volume, Body wanted) {
        require(call, volume, "volume:retype");
        wanted.only("new_type", "migration_policy");
        String name =
                wanted.text("new_type")
                        .orElseThrow(() -> Failure.badRequest("'new_type' is a required property"));
        if (!wanted.text("migration_policy").orElse("never").matches("never|on-demand")) {
            throw Failure.badRequest("migration_policy must be never or on-demand.");
        }
        lifecycle.retype(
                tx,
                volume,
                types.find(tx, name, Optional.of(volume.project()), call.caller().isAdmin())
                        .orElseThrow(
                                () ->
                                        Failure.notFound("Volume type %s could not be found.", name)
                                                .as("VolumeTypeNotFound")));
    }

    /** Rows tell what is: a status can be set to what it is already, and to nothing else. */
    private static void resetStatus(Call call, Volume volume, Body wanted) {
        require(call, volume, "volume_extension:volume_admin_actions:reset_status");
        String status = wanted.text("status").orElse(volume.status().word());
        if (!status.equals(volume.status().word())) {
            throw Failure.badRequest(
                    "The status of a volume is what its host reports and cannot be set; it is %s.",
                    volume.status().word());
        }
    }

    private void move(Tx tx, Volume volume, VolumeStatus from, VolumeStatus to) {
        if (volume.status() != from) {
            throw VolumeLifecycle.invalid(
                    "Volume %s status must be %s, it is %s.",
                    volume.id(), from.word(), volume.status().word());
        }
        volumes.setStatus(tx, volume.id(), to, lifecycle.now());
    }

    private static void require(Call call, Volume volume, String rule) {
        call.require(rule, VolumeAccess.target(volume.project()));
    }
}
