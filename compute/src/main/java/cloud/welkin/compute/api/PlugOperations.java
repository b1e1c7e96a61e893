package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Nic;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.VolumeAttachment;
import cloud.welkin.compute.store.PlugStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.compute.work.NewServer;
import cloud.welkin.compute.work.Plugging;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.Matches;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What is plugged into a server: os-volume_attachments and os-interface. */
final class PlugOperations implements OperationGroup {
    private static final String VOLUMES = "/servers/{server_id}/os-volume_attachments";
    private static final String NICS = "/servers/{server_id}/os-interface";
    private static final String V = ComputePolicy.P + "os-volumes-attachments:";
    private static final String N = ComputePolicy.P + "os-attach-interfaces:";

    private final ServerStore servers;
    private final PlugStore plugs;
    private final ServerAccess access;
    private final Plugging plugging;

    PlugOperations(ServerStore servers, PlugStore plugs, ServerAccess access, Plugging plugging) {
        this.servers = servers;
        this.plugs = plugs;
        this.access = access;
        this.plugging = plugging;
    }

    record AttachVolume(@JsonProperty("volumeAttachment") NewAttachment volumeAttachment) {}

    record NewAttachment(
            @JsonProperty("volumeId") String volumeId,
            @Length(min = 1, max = 255) Optional<String> device,
            @Length(min = 1, max = 60) @Matches("[^,/]*") Optional<String> tag,
            Optional<JsonNode> deleteOnTermination) {}

    record UpdateVolume(@JsonProperty("volumeAttachment") ChangedAttachment volumeAttachment) {}

    record ChangedAttachment(
            @JsonProperty("volumeId") String volumeId,
            Optional<String> id,
            @JsonProperty("serverId") Optional<String> serverId,
            Optional<String> device,
            Optional<String> tag,
            Optional<JsonNode> deleteOnTermination) {}

    record AttachNic(@JsonProperty("interfaceAttachment") NewNic interfaceAttachment) {}

    record NewNic(
            Optional<String> netId,
            Optional<String> portId,
            @Items(min = 1, max = 1) Optional<List<Ip>> fixedIps,
            @Length(min = 1, max = 60) @Matches("[^,/]*") Optional<String> tag) {}

    record Ip(String ipAddress) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(VOLUMES)
                        .policyByHandler(V + "index")
                        .doc("The volumes of a server.")
                        .params(
                                Param.integer("limit", "How many at most."),
                                Param.integer("offset", "How many to pass over."))
                        .anyParamBefore("2.75")
                        .reads(this::volumes),
                Operation.post(VOLUMES)
                        .policyByHandler(V + "create")
                        .doc("Attaches a volume to a server.")
                        .body(AttachVolume.class)
                        .status(200)
                        .requestBefore("2.79", body -> refuse(body, "delete_on_termination"))
                        .requestBefore("2.49", body -> refuse(body, "tag"))
                        .writes((call, tx, body) -> attach(call, tx, body.volumeAttachment())),
                Operation.get(VOLUMES + "/{volume_id}")
                        .policyByHandler(V + "show")
                        .doc("One volume of a server.")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "volumeAttachment",
                                                view(
                                                        call,
                                                        volume(call, tx, access.find(call, tx))))),
                Operation.put(VOLUMES + "/{volume_id}")
                        .policyByHandler(V + "update")
                        .doc("Changes whether a volume is deleted with its server.")
                        .since("2.85")
                        .body(UpdateVolume.class)
                        .status(202)
                        .writes((call, tx, body) -> update(call, tx, body.volumeAttachment())),
                Operation.delete(VOLUMES + "/{volume_id}")
                        .policyByHandler(V + "delete")
                        .doc("Detaches a volume from a server.")
                        .status(202)
                        .writes(
                                (call, tx, body) -> {
                                    Server server = access.lock(call, tx);
                                    plugging.detach(
                                            tx, access.ask(call), server, volume(call, tx, server));
                                    return Reply.empty();
                                }),
                Operation.get(NICS)
                        .policyByHandler(N + "list")
                        .doc("The ports of a server.")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "interfaceAttachments",
                                                plugs.nics(tx, access.find(call, tx).id()).stream()
                                                        .filter(Nic::wanted)
                                                        .map(nic -> view(call, nic))
                                                        .toList())),
                Operation.post(NICS)
                        .policyByHandler(N + "create")
                        .doc("Gives a server a port: one that there is, or a new one.")
                        .body(AttachNic.class)
                        .status(200)
                        .requestBefore("2.49", body -> refuse(body, "tag"))
                        .writes((call, tx, body) -> plug(call, tx, body.interfaceAttachment())),
                Operation.get(NICS + "/{port_id}")
                        .policyByHandler(N + "show")
                        .doc("One port of a server.")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "interfaceAttachment",
                                                view(call, nic(call, tx, access.find(call, tx))))),
                Operation.delete(NICS + "/{port_id}")
                        .policyByHandler(N + "delete")
                        .doc("Takes a port from a server.")
                        .status(202)
                        .writes(
                                (call, tx, body) -> {
                                    Server server = access.lock(call, tx);
                                    plugging.unplug(
                                            tx, access.ask(call), server, nic(call, tx, server));
                                    return Reply.empty();
                                }));
    }

    private static void refuse(tools.jackson.databind.node.ObjectNode body, String field) {
        for (JsonNode part : body) {
            if (part.has(field)) {
                throw Failure.badRequest(
                        "Invalid input: Additional properties are not allowed ('%s' was unexpected)",
                        field);
            }
        }
    }

    private Object volumes(Call call, Tx tx) {
        Server server = access.find(call, tx);
        int offset = call.query().integer("offset").orElse(0);
        int limit = call.query().integer("limit").orElse(1000);
        return Map.of(
                "volumeAttachments",
                plugs.attachments(tx, server.id()).stream()
                        .skip(offset)
                        .limit(limit)
                        .map(attachment -> view(call, attachment))
                        .toList());
    }

    private Object attach(Call call, Tx tx, NewAttachment wanted) {
        UUID volume =
                Ids.uuid(wanted.volumeId())
                        .orElseThrow(
                                () ->
                                        Failure.badRequest(
                                                "Invalid input for field/attribute volumeId. It is"
                                                        + " not a UUID."));
        VolumeAttachment made =
                plugging.attach(
                        tx,
                        access.ask(call),
                        access.lock(call, tx),
                        volume,
                        wanted.device(),
                        wanted.tag(),
                        Loose.bool("delete_on_termination", wanted.deleteOnTermination())
                                .orElse(false));
        return Map.of("volumeAttachment", view(call, made));
    }

    private Object update(Call call, Tx tx, ChangedAttachment wanted) {
        Server server = access.lock(call, tx);
        VolumeAttachment attachment = volume(call, tx, server);
        if (!wanted.volumeId().equals(attachment.volume().toString())) {
            throw Failure.badRequest("A volume is not swapped by this cloud: volumeId must stay.");
        }
        Loose.bool("delete_on_termination", wanted.deleteOnTermination())
                .ifPresent(
                        delete -> {
                            plugs.deleteOnTermination(tx, attachment.id(), delete);
                            servers.refreshVolumes(tx, server.id());
                        });
        return Reply.empty();
    }

    private Object plug(Call call, Tx tx, NewNic wanted) {
        Optional<String> ip = wanted.fixedIps().map(list -> list.getFirst().ipAddress());
        ip.ifPresent(text -> Addressed.check("ip_address", Optional.of(text), 0));
        if (wanted.netId().isPresent() && wanted.portId().isPresent()) {
            throw Failure.badRequest("Must not input both network_id and port_id");
        }
        if (ip.isPresent() && wanted.netId().isEmpty()) {
            throw Failure.badRequest("Must input network_id when request IP address");
        }
        NewServer.Wish wish =
                wanted.netId().isEmpty() && wanted.portId().isEmpty()
                        ? new NewServer.Wish.Unsaid()
                        : new NewServer.Wish.These(
                                List.of(
                                        new NewServer.One(
                                                wanted.netId(),
                                                wanted.portId(),
                                                ip,
                                                wanted.tag())));
        Nic made = plugging.plug(tx, access.ask(call), access.lock(call, tx), wish, ip);
        return Map.of("interfaceAttachment", view(call, made));
    }

    private VolumeAttachment volume(Call call, Tx tx, Server server) {
        Optional<UUID> id = call.pathUuid("volume_id");
        return plugs.attachments(tx, server.id()).stream()
                .filter(attachment -> id.isPresent() && attachment.volume().equals(id.get()))
                .findFirst()
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                                "volume_id not found: %s",
                                                shorten(call.path("volume_id")))
                                        .as("VolumeBDMNotFound"));
    }

    private Nic nic(Call call, Tx tx, Server server) {
        Optional<UUID> id = call.pathUuid("port_id");
        return plugs.nics(tx, server.id()).stream()
                .filter(nic -> id.isPresent() && nic.port().equals(id.get()))
                .findFirst()
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                                "Port %s could not be found on instance %s",
                                                shorten(call.path("port_id")), server.id())
                                        .as("PortNotFound"));
    }

    private static Map<String, Object> view(Call call, VolumeAttachment attachment) {
        Map<String, Object> view = new LinkedHashMap<>();
        if (!call.version().atLeast("2.89")) {
            view.put("id", attachment.volume());
        }
        view.put("serverId", attachment.server());
        view.put("volumeId", attachment.volume());
        view.put("device", attachment.device());
        if (call.version().atLeast("2.70")) {
            view.put("tag", attachment.tag());
        }
        if (call.version().atLeast("2.79")) {
            view.put("delete_on_termination", attachment.deleteOnTermination());
        }
        if (call.version().atLeast("2.89")) {
            view.put("attachment_id", attachment.reservation());
            view.put("bdm_uuid", attachment.id());
        }
        return view;
    }

    private static Map<String, Object> view(Call call, Nic nic) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("port_id", nic.port());
        view.put("net_id", nic.facts().network());
        view.put("mac_addr", nic.facts().mac());
        view.put("port_state", nic.facts().status());
        view.put(
                "fixed_ips",
                nic.facts().fixedIps().stream()
                        .map(ip -> Map.of("subnet_id", ip.subnet(), "ip_address", ip.address()))
                        .toList());
        if (call.version().atLeast("2.70")) {
            view.put("tag", nic.tag());
        }
        return view;
    }

    private static String shorten(String text) {
        return text.length() > 100 ? text.substring(0, 100) : text;
    }
}
