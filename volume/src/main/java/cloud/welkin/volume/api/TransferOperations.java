package cloud.welkin.volume.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.volume.domain.Transfer;
import cloud.welkin.volume.domain.Volume;
import cloud.welkin.volume.store.TransferTable;
import cloud.welkin.volume.store.VolumeTable;
import cloud.welkin.volume.work.VolumeTransfers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Giving volumes away: /os-volume-transfer, and the same under /volume-transfers since 3.55. */
public final class TransferOperations implements OperationGroup {
    private static final String OLD = "/os-volume-transfer";
    private static final String NEW = "/volume-transfers";

    private final TransferTable transfers;
    private final VolumeTable volumes;
    private final VolumeTransfers work;

    public TransferOperations(TransferTable transfers, VolumeTable volumes, VolumeTransfers work) {
        this.transfers = transfers;
        this.volumes = volumes;
        this.work = work;
    }

    @Override
    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        declare(operations, OLD, Optional.empty());
        declare(operations, NEW, Optional.of("3.55"));
        return operations;
    }

    private void declare(List<Operation> operations, String path, Optional<String> since) {
        String one = path + "/{transfer_id}";
        operations.add(
                from(since, Operation.get(path))
                        .policy("volume:get_all_transfers")
                        .anyParam()
                        .doc("Lists transfers in brief.")
                        .reads((call, tx) -> list(call, tx, path, false)));
        operations.add(
                from(since, Operation.get(path + "/detail"))
                        .policy("volume:get_all_transfers")
                        .anyParam()
                        .doc("Lists transfers in full.")
                        .reads((call, tx) -> list(call, tx, path, true)));
        operations.add(
                from(since, Operation.post(path))
                        .policy("volume:create_transfer")
                        .status(202)
                        .doc("Offers a volume to whoever has the key that is answered.")
                        .body(JsonNode.class)
                        .writes((call, tx, body) -> create(call, tx, body, path)));
        operations.add(
                from(since, Operation.get(one))
                        .policyByHandler("volume:get_transfer")
                        .doc("Shows a transfer.")
                        .reads((call, tx) -> Map.of("transfer", full(call, own(call, tx), path))));
        operations.add(
                from(since, Operation.post(one + "/accept"))
                        .policy("volume:accept_transfer")
                        .status(202)
                        .doc("Takes a volume by its key.")
                        .body(JsonNode.class)
                        .writes((call, tx, body) -> accept(call, tx, body, path)));
        operations.add(
                from(since, Operation.delete(one))
                        .policyByHandler("volume:delete_transfer")
                        .status(202)
                        .doc("Withdraws the offer.")
                        .writes(
                                (call, tx, none) -> {
                                    work.withdraw(tx, own(call, tx));
                                    return Reply.empty();
                                }));
    }

    private static <B> cloud.welkin.kernel.api.OperationBuilder<B> from(
            Optional<String> since, cloud.welkin.kernel.api.OperationBuilder<B> builder) {
        return since.map(builder::since).orElse(builder);
    }

    private Object list(Call call, Tx tx, String path, boolean detail) {
        List<Map<String, @Nullable Object>> found =
                transfers
                        .list(tx, VolumeAccess.asked(call).project(), call.query().text("name"))
                        .stream()
                        .map(it -> detail ? full(call, it, path) : brief(call, it, path))
                        .toList();
        return Map.of("transfers", found);
    }

    private Object create(Call call, Tx tx, JsonNode body, String path) {
        Body wanted = Body.of(body, "transfer").only("volume_id", "name", "no_snapshots");
        UUID id =
                wanted.uuid("volume_id")
                        .orElseThrow(
                                () -> Failure.badRequest("'volume_id' is a required property"));
        Volume volume =
                volumes.lock(tx, id)
                        .filter(
                                it ->
                                        call.allows(
                                                VolumePolicy.GET,
                                                VolumeAccess.target(it.project())))
                        .orElseThrow(() -> VolumeAccess.noVolume(id.toString()));
        call.require("volume:create_transfer", VolumeAccess.target(volume.project()));
        VolumeTransfers.Offer offer =
                work.offer(
                        tx,
                        volume,
                        wanted.text("name").map(String::strip),
                        wanted.truth("no_snapshots").orElse(false));
        Map<String, @Nullable Object> view = full(call, offer.transfer(), path);
        view.put("auth_key", offer.key());
        return Map.of("transfer", view);
    }

    private Object accept(Call call, Tx tx, JsonNode body, String path) {
        String key =
                Body.of(body, "accept")
                        .only("auth_key")
                        .text("auth_key")
                        .orElseThrow(() -> Failure.badRequest("'auth_key' is a required property"));
        Transfer transfer =
                call.pathUuid("transfer_id")
                        .flatMap(id -> transfers.lock(tx, id))
                        .orElseThrow(() -> missing(call));
        work.accept(tx, call.caller(), transfer, key);
        return Map.of("transfer", brief(call, transfer, path));
    }

    private Transfer own(Call call, Tx tx) {
        Transfer transfer =
                call.pathUuid("transfer_id")
                        .flatMap(id -> transfers.find(tx, id))
                        .filter(
                                it ->
                                        call.allows(
                                                "volume:get_transfer",
                                                VolumeAccess.target(it.project())))
                        .orElseThrow(() -> missing(call));
        call.authorize(VolumeAccess.target(transfer.project()));
        return transfer;
    }

    private static Failure missing(Call call) {
        return Failure.notFound("Transfer %s could not be found.", call.path("transfer_id"))
                .as("TransferNotFound");
    }

    private static Map<String, @Nullable Object> brief(Call call, Transfer transfer, String path) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("id", transfer.id().toString());
        view.put("volume_id", transfer.volume().toString());
        view.put("name", transfer.name().orElse(null));
        view.put("links", VolumeView.links(call, path.substring(1), transfer.id().toString()));
        return view;
    }

    private static Map<String, @Nullable Object> full(Call call, Transfer transfer, String path) {
        Map<String, @Nullable Object> view = brief(call, transfer, path);
        view.put("created_at", Times.micros(transfer.createdAt()));
        if (call.version().atLeast("3.55")) {
            view.put("no_snapshots", transfer.noSnapshots());
        }
        if (call.version().atLeast("3.57")) {
            view.put("source_project_id", transfer.project());
            view.put("destination_project_id", null);
            view.put("accepted", false);
        }
        return view;
    }
}
