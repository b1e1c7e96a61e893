package cloud.welkin.compute.api;

import cloud.welkin.compute.work.NewServer;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.Matches;
import cloud.welkin.kernel.validate.OneOf;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The body of POST /servers, and how it becomes what is wanted. */
record ServerRequest(
        Body server,
        @JsonProperty("os:scheduler_hints") Optional<Map<String, JsonNode>> hints,
        @JsonProperty("OS-SCH-HNT:scheduler_hints") Optional<Map<String, JsonNode>> hintsToo) {

    private static final int MOST_DISKS = 255;
    private static final int MOST_SERVERS = 1000;

    record Body(
            @Length(min = 1, max = 255) String name,
            @JsonProperty("flavorRef") JsonNode flavorRef,
            @JsonProperty("imageRef") @Length(max = 255) Optional<String> imageRef,
            @JsonProperty("adminPass") @Length(max = 255) Optional<String> adminPass,
            @Length(max = 255) Optional<String> description,
            @Length(max = 255) Optional<String> hostname,
            Optional<Map<String, String>> metadata,
            Optional<JsonNode> networks,
            @JsonProperty("OS-DCF:diskConfig") @OneOf({"AUTO", "MANUAL"})
                    Optional<String> diskConfig,
            @JsonProperty("accessIPv4") Optional<String> accessIpv4,
            @JsonProperty("accessIPv6") Optional<String> accessIpv6,
            @Length(min = 1, max = 255) Optional<String> availabilityZone,
            @Items(max = MOST_DISKS) Optional<List<Disk>> blockDeviceMappingV2,
            Optional<JsonNode> configDrive,
            @Length(min = 1, max = 255) Optional<String> keyName,
            Optional<JsonNode> minCount,
            Optional<JsonNode> maxCount,
            Optional<JsonNode> returnReservationId,
            Optional<List<Group>> securityGroups,
            @Length(max = 65_535) Optional<String> userData,
            @Items(max = 50) @Length(min = 1, max = 60) Optional<List<String>> tags,
            @Length(min = 1, max = 255) Optional<String> host,
            @Length(min = 1, max = 255) Optional<String> hypervisorHostname,
            @Items(max = 50) Optional<List<String>> trustedImageCertificates) {}

    record Group(@Length(min = 1, max = 255) String name) {}

    record Nic(
            Optional<String> uuid,
            Optional<String> port,
            Optional<String> fixedIp,
            @Length(min = 1, max = 60) @Matches("[^,/]*") Optional<String> tag) {}

    record Disk(
            @OneOf({"volume", "image", "snapshot", "blank"}) Optional<String> sourceType,
            @OneOf({"local", "volume"}) Optional<String> destinationType,
            @Length(min = 1, max = 255) Optional<String> uuid,
            Optional<String> imageId,
            Optional<String> volumeId,
            Optional<String> snapshotId,
            Optional<JsonNode> volumeSize,
            Optional<JsonNode> bootIndex,
            Optional<JsonNode> deleteOnTermination,
            @Length(min = 1, max = 255) Optional<String> deviceName,
            Optional<String> guestFormat,
            Optional<String> deviceType,
            Optional<String> diskBus,
            Optional<JsonNode> noDevice,
            @Length(min = 1, max = 60) @Matches("[^,/]*") Optional<String> tag,
            @Length(max = 255) Optional<String> volumeType) {}

    boolean wantsReservation() {
        return Loose.bool("return_reservation_id", server.returnReservationId()).orElse(false);
    }

    /** Everything checked that can be without looking at the world. */
    NewServer wanted(SecureRandom random) {
        int least = count("min_count", server.minCount()).orElse(1);
        int most = count("max_count", server.maxCount()).orElse(least);
        if (least > most) {
            throw Failure.badRequest("min_count must be <= max_count");
        }
        if (server.trustedImageCertificates().filter(list -> !list.isEmpty()).isPresent()) {
            throw noCertificates();
        }
        server.userData().ifPresent(ServerRequest::checkBase64);
        Map<String, String> metadata = server.metadata().orElse(Map.of());
        MetadataRules.check(metadata);
        server.tags().ifPresent(tags -> tags.forEach(TagRules::check));
        List<String> zoneParts =
                new ArrayList<>(List.of(server.availabilityZone().orElse("").split(":", -1)));
        Optional<String> zone = Optional.of(zoneParts.getFirst()).filter(z -> !z.isEmpty());
        Optional<String> zoneHost =
                zoneParts.stream().skip(1).filter(part -> !part.isEmpty()).findFirst();
        return new NewServer(
                name(server.name()),
                server.hostname().map(Hostnames::check),
                server.description(),
                server.flavorRef().isIntegralNumber()
                        ? server.flavorRef().toString()
                        : flavorRef(server.flavorRef().asString("")),
                server.imageRef().map(ServerRequest::lastPart),
                server.blockDeviceMappingV2().orElse(List.of()).stream()
                        .map(ServerRequest::device)
                        .toList(),
                networks(),
                server.securityGroups().orElse(List.of()).stream()
                        .map(Group::name)
                        .distinct()
                        .toList(),
                server.keyName(),
                server.userData().filter(data -> !data.isEmpty()),
                Loose.bool(
                                "config_drive",
                                server.configDrive().filter(node -> !node.asString("x").isEmpty()))
                        .orElse(false),
                metadata,
                server.tags().map(tags -> tags.stream().distinct().toList()).orElse(List.of()),
                zone,
                server.host().or(server::hypervisorHostname).or(() -> zoneHost),
                hints.or(() -> hintsToo).orElse(Map.of()),
                least,
                most,
                Addressed.check("accessIPv4", server.accessIpv4(), 4),
                Addressed.check("accessIPv6", server.accessIpv6(), 6),
                server.diskConfig().orElse("MANUAL"),
                server.adminPass().orElseGet(() -> password(random)));
    }

    private static Optional<Integer> count(String name, Optional<JsonNode> node) {
        return Loose.integer(name, node, 1, MOST_SERVERS).map(Long::intValue);
    }

    private NewServer.Wish networks() {
        if (server.networks().isEmpty() || server.networks().get().isNull()) {
            return new NewServer.Wish.Unsaid();
        }
        JsonNode networks = server.networks().get();
        if (networks.isString()) {
            return switch (networks.stringValue()) {
                case "auto" -> new NewServer.Wish.Auto();
                case "none" -> new NewServer.Wish.None();
                default -> throw Loose.wrong("networks", networks, "is not one of auto, none");
            };
        }
        if (!networks.isArray()) {
            throw Loose.wrong("networks", networks, "is not a list");
        }
        if (networks.isEmpty()) {
            return new NewServer.Wish.Unsaid();
        }
        List<NewServer.One> wishes = new ArrayList<>();
        for (JsonNode node : networks) {
            Nic nic = cloud.welkin.kernel.api.Bodies.read(node, Nic.class);
            nic.fixedIp().ifPresent(ip -> Addressed.check("fixed_ip", Optional.of(ip), 0));
            if (nic.port().isPresent() && nic.fixedIp().isPresent()) {
                throw Failure.badRequest(
                        "Specified Fixed IP '%s' cannot be used with port '%s': the two cannot"
                                + " be specified together.",
                        nic.fixedIp().get(), nic.port().get());
            }
            if (nic.port().isEmpty() && nic.uuid().isEmpty()) {
                throw Failure.badRequest("Missing network or port in networks.");
            }
            wishes.add(new NewServer.One(nic.uuid(), nic.port(), nic.fixedIp(), nic.tag()));
        }
        return new NewServer.Wish.These(wishes);
    }

    private static NewServer.BlockDevice device(Disk disk) {
        Optional<String> id = disk.uuid().or(disk::volumeId).or(disk::imageId).or(disk::snapshotId);
        String source =
                disk.sourceType()
                        .orElseGet(
                                () ->
                                        disk.volumeId().isPresent()
                                                ? "volume"
                                                : disk.imageId().isPresent()
                                                        ? "image"
                                                        : disk.snapshotId().isPresent()
                                                                ? "snapshot"
                                                                : "blank");
        if (!source.equals("blank") && id.isEmpty()) {
            throw Failure.badRequest("Missing device UUID.");
        }
        String destination =
                disk.destinationType()
                        .orElse(
                                source.equals("volume") || source.equals("snapshot")
                                        ? "volume"
                                        : "local");
        if (destination.equals("local") && (source.equals("volume") || source.equals("snapshot"))) {
            throw Failure.badRequest(
                    "Block Device Mapping is Invalid: Mapping %s to local is not supported.",
                    source);
        }
        return new NewServer.BlockDevice(
                source,
                destination,
                id.map(
                        text ->
                                Ids.uuid(text)
                                        .orElseThrow(
                                                () ->
                                                        Failure.badRequest(
                                                                "Block Device Mapping is Invalid: %s"
                                                                        + " is not a UUID.",
                                                                text))),
                Loose.integer(
                        "volume_size",
                        disk.volumeSize().filter(n -> !n.asString("x").isEmpty()),
                        0,
                        1_000_000),
                Loose.integer("boot_index", disk.bootIndex(), -1, 1000)
                        .map(Long::intValue)
                        .filter(i -> i >= 0),
                Loose.bool("delete_on_termination", disk.deleteOnTermination()).orElse(false),
                disk.deviceName(),
                disk.tag(),
                disk.volumeType());
    }

    private static String flavorRef(String ref) {
        String last = lastPart(ref);
        if (last.isEmpty()) {
            throw Failure.badRequest("Invalid flavorRef provided.");
        }
        return last;
    }

    /** Old clients give the URL of the thing. */
    private static String lastPart(String ref) {
        return ref.substring(ref.lastIndexOf('/') + 1);
    }

    /** A server's name as it is kept. */
    static String name(String given) {
        if (given.isBlank()) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute name. Value: %s. It must not be only spaces.",
                    given);
        }
        return given.strip();
    }

    static String password(SecureRandom random) {
        return new BigInteger(70, random).toString(36);
    }

    static Failure noCertificates() {
        return Failure.badRequest(
                "Image signature verification is not offered by this cloud:"
                        + " trusted_image_certificates must be left out.");
    }

    static void checkBase64(String text) {
        try {
            Base64.getDecoder().decode(text.replaceAll("[\r\n]", ""));
        } catch (IllegalArgumentException e) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute user_data. It is not valid base64.");
        }
    }
}
