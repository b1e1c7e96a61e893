package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Fault;
import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.VmState;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Microversion;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/**
 * A server as an answer shows it. Lists of servers are what a cloud is asked for most, so this view
 * is written straight in the form of the version asked for: a table of fields with the version that
 * brought each, in place of conversions that would build a tree of every answer and take it apart
 * again. Parts that are JSON in the row are written as they are.
 */
final class ServerView {
    private final Call call;
    private final int minor;
    private final boolean extended;
    private final boolean hostStatus;
    private final boolean extraSpecs;
    private final Instant now;
    private final String serverHref;
    private final String bookmark;
    private final Map<String, String> hostIds = new HashMap<>();

    ServerView(Call call, Instant now) {
        this.call = call;
        Microversion version = call.version();
        this.minor = version.minor();
        this.extended = call.allows(ComputePolicy.P + "os-extended-server-attributes");
        this.hostStatus = minor >= 16 && call.allows(ComputePolicy.S + "show:host_status");
        this.extraSpecs = call.allows(ComputePolicy.S + "show:flavor-extra-specs");
        this.now = now;
        this.serverHref = call.origin() + Links.ROOT + "/servers/";
        this.bookmark = call.origin() + "/compute/servers/";
    }

    boolean needsHosts() {
        return hostStatus || extended;
    }

    Map<String, Object> brief(Server server) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("id", server.id());
        out.put("name", server.name());
        out.put("links", links(server));
        return out;
    }

    /**
     * @param hosts the hosts of the servers, where {@link #needsHosts}
     * @param single whether this is the only server of the answer, which then tells a little more
     */
    Map<String, Object> full(Server server, Map<HostName, Host> hosts, boolean single) {
        Map<String, Object> out = LinkedHashMap.newLinkedHashMap(48);
        plain(server, new RawValue(server.addressesJson()), single, out);
        out.put("OS-EXT-AZ:availability_zone", server.zone());
        out.put("config_drive", server.configDrive() ? "True" : "");
        out.put("key_name", server.key().map(Server.Key::name));
        out.put("OS-SRV-USG:launched_at", server.launchedAt().map(Times::micros));
        out.put("OS-SRV-USG:terminated_at", server.terminatedAt().map(Times::micros));
        if (!server.securityGroupsJson().equals("[]")) {
            out.put("security_groups", new RawValue(server.securityGroupsJson()));
        }
        out.put("OS-EXT-STS:task_state", server.state().task().map(task -> task.text()));
        out.put("OS-EXT-STS:vm_state", server.state().vm().text());
        out.put("OS-EXT-STS:power_state", server.state().powerState());
        out.put("os-extended-volumes:volumes_attached", volumes(server));
        if (extended) {
            extended(server, hosts, out);
        } else if (minor >= 90) {
            out.put("OS-EXT-SRV-ATTR:hostname", server.hostname());
        }
        if (hostStatus) {
            out.put(
                    "host_status",
                    server.host()
                            .flatMap(name -> Optional.ofNullable(hosts.get(name)))
                            .map(host -> host.status(now))
                            .orElse(""));
        }
        return out;
    }

    /** Before 2.75 an update told nothing of what had once been extensions. */
    Map<String, Object> described(Server server) {
        Map<String, Object> out = LinkedHashMap.newLinkedHashMap(32);
        plain(server, addresses(server), true, out);
        return out;
    }

    /** What a rebuild answers: since 2.75 all but what only admins see. */
    Map<String, Object> rebuilt(Server server, Map<HostName, Host> hosts) {
        Map<String, Object> out = minor >= 75 ? full(server, hosts, true) : described(server);
        // It has a name of its own here.
        out.remove("OS-EXT-SRV-ATTR:user_data");
        if (minor >= 54) {
            out.put("key_name", server.key().map(Server.Key::name));
        }
        if (minor >= 57) {
            out.put("user_data", server.userData());
        }
        return out;
    }

    /** Version and address only. */
    static JsonNode addresses(Server server) {
        JsonNode tree = Json.mapper().readTree(server.addressesJson());
        tree.forEach(
                network ->
                        network.forEach(
                                address -> {
                                    ObjectNode object = (ObjectNode) address;
                                    object.remove("OS-EXT-IPS:type");
                                    object.remove("OS-EXT-IPS-MAC:mac_addr");
                                }));
        return tree;
    }

    private void plain(Server server, Object addresses, boolean single, Map<String, Object> out) {
        String status = server.state().status();
        String hostName = server.host().map(HostName::value).orElse("");
        out.put("id", server.id());
        out.put("name", server.name());
        out.put("status", status);
        out.put("tenant_id", server.project().value());
        out.put("user_id", server.user().value());
        out.put("metadata", new RawValue(server.metadataJson()));
        out.put(
                "hostId",
                hostIds.computeIfAbsent(
                        server.project().value() + hostName,
                        key -> hostId(server.project(), hostName)));
        out.put("image", image(server));
        out.put("flavor", flavor(server));
        out.put("created", Times.seconds(server.createdAt()));
        out.put("updated", Times.seconds(server.updatedAt()));
        out.put("addresses", addresses);
        out.put("accessIPv4", server.accessV4());
        out.put("accessIPv6", server.accessV6());
        out.put("links", links(server));
        out.put("OS-DCF:diskConfig", server.diskConfig());
        if (status.equals("ACTIVE") || status.equals("BUILD") || status.equals("REBUILD")) {
            out.put("progress", status.equals("ACTIVE") ? 100 : 0);
        }
        if (server.state().vm() == VmState.ERROR || server.state().vm() == VmState.DELETED) {
            server.fault().ifPresent(fault -> out.put("fault", fault(fault)));
        }
        if (minor >= 9) {
            out.put("locked", server.lock().locked());
        }
        if (minor >= 19) {
            out.put("description", server.description());
        }
        if (minor >= 26) {
            out.put("tags", server.tags());
        }
        if (minor >= 63) {
            out.put("trusted_image_certificates", Optional.empty());
        }
        if (minor >= 71 && single) {
            out.put("server_groups", server.group().map(List::of).orElse(List.of()));
        }
        if (minor >= 73) {
            out.put("locked_reason", server.lock().reason());
        }
        if (minor >= 96) {
            out.put("pinned_availability_zone", server.pinnedZone());
        }
    }

    private static Map<String, Object> fault(Fault fault) {
        return Map.of(
                "code", fault.code(),
                "message", fault.message(),
                "created", Times.seconds(fault.created()));
    }

    private void extended(Server server, Map<HostName, Host> hosts, Map<String, Object> out) {
        out.put("OS-EXT-SRV-ATTR:host", server.host().map(HostName::value));
        out.put("OS-EXT-SRV-ATTR:hypervisor_hostname", server.host().map(HostName::value));
        out.put("OS-EXT-SRV-ATTR:instance_name", server.instanceName());
        if (minor >= 3) {
            out.put("OS-EXT-SRV-ATTR:reservation_id", server.reservationId());
            out.put("OS-EXT-SRV-ATTR:launch_index", server.launchIndex());
            out.put("OS-EXT-SRV-ATTR:hostname", server.hostname());
            JsonNode image = Json.mapper().readTree(server.imageJson());
            out.put("OS-EXT-SRV-ATTR:kernel_id", image.path("kernel_id").asString(""));
            out.put("OS-EXT-SRV-ATTR:ramdisk_id", image.path("ramdisk_id").asString(""));
            out.put("OS-EXT-SRV-ATTR:root_device_name", server.rootDevice());
            out.put("OS-EXT-SRV-ATTR:user_data", server.userData());
        }
    }

    private Object volumes(Server server) {
        if (minor >= 3 || server.volumesJson().equals("[]")) {
            return new RawValue(server.volumesJson());
        }
        ArrayNode tree = (ArrayNode) Json.mapper().readTree(server.volumesJson());
        tree.forEach(volume -> ((ObjectNode) volume).remove("delete_on_termination"));
        return tree;
    }

    private Object image(Server server) {
        if (server.image().isEmpty()) {
            return "";
        }
        String id = server.image().get().toString();
        Map<String, Object> image = new LinkedHashMap<>();
        image.put("id", id);
        image.put(
                "links",
                List.of(new Links.Link("bookmark", call.origin() + "/compute/images/" + id)));
        return image;
    }

    private Object flavor(Server server) {
        if (minor < 47) {
            Map<String, Object> flavor = new LinkedHashMap<>();
            flavor.put("id", server.flavorId());
            flavor.put(
                    "links",
                    List.of(
                            new Links.Link(
                                    "bookmark",
                                    call.origin() + "/compute/flavors/" + server.flavorId())));
            return flavor;
        }
        if (extraSpecs) {
            return new RawValue(server.flavorJson());
        }
        ObjectNode tree = (ObjectNode) Json.mapper().readTree(server.flavorJson());
        tree.remove("extra_specs");
        return tree;
    }

    private List<Links.Link> links(Server server) {
        return List.of(
                new Links.Link("self", serverHref + server.id()),
                new Links.Link("bookmark", bookmark + server.id()));
    }

    /**
     * Says whether two servers of a project share a host, without saying which; empty without a
     * host.
     */
    static String hostId(ProjectId project, String host) {
        if (host.isEmpty()) {
            return "";
        }
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-224")
                                    .digest(
                                            (project.value() + host)
                                                    .getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
