package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.store.HostStore;
import cloud.welkin.compute.store.KeypairStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.compute.work.Ask;
import cloud.welkin.compute.work.ComputeQuota;
import cloud.welkin.compute.work.Rebuilding;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Bodies;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.json.WrittenView;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.OneOf;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The action rebuild: a new root disk, and perhaps another name, key and metadata with it. */
final class RebuildAction {
    private final ServerStore servers;
    private final HostStore hosts;
    private final KeypairStore keypairs;
    private final ServerAccess access;
    private final ComputeQuota quota;
    private final Rebuilding rebuilding;
    private final SecureRandom random;

    RebuildAction(
            ServerStore servers,
            HostStore hosts,
            KeypairStore keypairs,
            ServerAccess access,
            ComputeQuota quota,
            Rebuilding rebuilding,
            SecureRandom random) {
        this.servers = servers;
        this.hosts = hosts;
        this.keypairs = keypairs;
        this.access = access;
        this.quota = quota;
        this.rebuilding = rebuilding;
        this.random = random;
    }

    record Rebuild(
            @JsonProperty("imageRef") String imageRef,
            @Length(min = 1, max = 255) Optional<String> name,
            @JsonProperty("adminPass") @Length(max = 255) Optional<String> adminPass,
            Optional<Map<String, String>> metadata,
            Optional<JsonNode> preserveEphemeral,
            @JsonProperty("OS-DCF:diskConfig") @OneOf({"AUTO", "MANUAL"})
                    Optional<String> diskConfig,
            @JsonProperty("accessIPv4") Field<String> accessIpv4,
            @JsonProperty("accessIPv6") Field<String> accessIpv6,
            @Length(max = 255) Field<String> description,
            @Length(min = 1, max = 255) Field<String> keyName,
            @Length(max = 65_535) Field<String> userData,
            Optional<List<String>> trustedImageCertificates,
            Optional<String> hostname) {}

    /** Fields with the version that brought each; older clients cannot know them. */
    private static final Map<String, String> SINCE =
            Map.of(
                    "description", "2.19",
                    "key_name", "2.54",
                    "user_data", "2.57",
                    "trusted_image_certificates", "2.63",
                    "hostname", "2.90");

    Object act(Call call, Tx tx, JsonNode body) {
        checkFields(call, body);
        Rebuild wanted = Bodies.read(body, Rebuild.class);
        if (wanted.trustedImageCertificates().filter(list -> !list.isEmpty()).isPresent()) {
            throw ServerRequest.noCertificates();
        }
        if (Loose.bool("preserve_ephemeral", wanted.preserveEphemeral()).orElse(false)) {
            throw Failure.badRequest(
                    "The current driver does not support preserving ephemeral partitions.");
        }
        wanted.metadata().ifPresent(MetadataRules::check);
        wanted.userData().ifValue(ServerRequest::checkBase64);
        Server server = access.lock(call, tx);
        Ask ask = access.ask(call);
        String password = wanted.adminPass().orElseGet(() -> ServerRequest.password(random));
        rebuilding.begin(
                tx,
                ask,
                server,
                new Rebuilding.Anew(
                        wanted.imageRef().substring(wanted.imageRef().lastIndexOf('/') + 1),
                        key(tx, ask, server, wanted.keyName()),
                        wanted.userData().over(server.userData()).filter(data -> !data.isEmpty()),
                        Optional.of(password)));
        servers.describe(
                tx,
                server.id(),
                new ServerStore.Description(
                        wanted.name().map(ServerRequest::name).orElse(server.name()),
                        wanted.hostname().map(Hostnames::check).orElse(server.hostname()),
                        wanted.description().over(server.description()),
                        Addressed.check(
                                "accessIPv4",
                                wanted.accessIpv4().over(Optional.of(server.accessV4())),
                                4),
                        Addressed.check(
                                "accessIPv6",
                                wanted.accessIpv6().over(Optional.of(server.accessV6())),
                                6),
                        wanted.diskConfig().orElse(server.diskConfig())),
                ask.now());
        wanted.metadata()
                .ifPresent(
                        metadata -> {
                            quota.checkMetadata(tx, server.project(), metadata.size());
                            servers.setMetadata(tx, server.id(), metadata, ask.now());
                        });
        Optional<Host> host = server.host().flatMap(name -> hosts.find(tx, name));
        WrittenView view =
                new ServerView(call, ask.now())
                        .rebuilt(
                                servers.find(tx, server.id()).orElse(server),
                                host.map(h -> Map.of(h.name(), h)).orElse(Map.of()),
                                password);
        return Reply.of(Map.of("server", view))
                .header("Location", call.origin() + Links.ROOT + "/servers/" + server.id());
    }

    private static void checkFields(Call call, JsonNode body) {
        if (body instanceof ObjectNode object) {
            SINCE.forEach(
                    (field, since) -> {
                        if (object.has(field) && !call.version().atLeast(since)) {
                            throw Failure.badRequest(
                                    "Invalid input for field/attribute rebuild. Additional"
                                            + " properties are not allowed ('%s' was unexpected)",
                                    field);
                        }
                    });
        }
    }

    private Optional<Server.Key> key(Tx tx, Ask ask, Server server, Field<String> name) {
        return switch (name) {
            case Field.Absent<String> absent -> server.key();
            case Field.Null<String> none -> Optional.empty();
            case Field.Value<String> value ->
                    Optional.of(keypairs.key(tx, ask.caller().user(), value.value()));
        };
    }
}
