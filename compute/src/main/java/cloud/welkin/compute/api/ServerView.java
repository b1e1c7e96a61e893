package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Fault;
import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.ServerName;
import cloud.welkin.compute.domain.VmState;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Microversion;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.json.WrittenView;
import cloud.welkin.kernel.json.WrittenView.Fields;
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
    private final String self;
    private final String bookmark;
    private final Map<String, String> hostIds = new HashMap<>();
    private final Map<String, Boot> boots = new HashMap<>();

    ServerView(Call call, Instant now) {
        this.call = call;
        Microversion version = call.version();
        this.minor = version.minor();
        this.extended = call.allows(ComputePolicy.P + "os-extended-server-attributes");
        this.hostStatus = minor >= 16 && call.allows(ComputePolicy.S + "show:host_status");
        this.extraSpecs = call.allows(ComputePolicy.S + "show:flavor-extra-specs");
        this.now = now;
        this.self = "[{\"rel\":\"self\",\"href\":" + open(call.origin() + Links.ROOT + "/servers/");
        this.bookmark =
                "\"},{\"rel\":\"bookmark\",\"href\":" + open(call.origin() + "/compute/servers/");
    }

    /** The text in JSON, but for the quote at its end. */
    private static String open(String text) {
        String quoted = Json.text(text);
        return quoted.substring(0, quoted.length() - 1);
    }

    boolean needsHosts() {
        return hostStatus || extended;
    }

    WrittenView brief(ServerName server) {
        return out -> {
            String id = server.id().toString();
            out.put("id", id);
            out.put("name", server.name());
            out.raw("links", links(id));
        };
    }

    /**
     * @param hosts the hosts of the servers, where {@link #needsHosts}
     * @param single whether this is the only server of the answer, which then tells a little more
     */
    WrittenView full(Server server, Map<HostName, Host> hosts, boolean single) {
        return out -> {
            whole(server, hosts, single, out);
            if (extended && minor >= 3) {
                out.put("OS-EXT-SRV-ATTR:user_data", server.userData());
            }
        };
    }

    private void whole(Server server, Map<HostName, Host> hosts, boolean single, Fields out) {
        plain(server, new RawValue(server.addressesJson()), single, out);
        out.put("OS-EXT-AZ:availability_zone", server.zone());
        out.put("config_drive", server.configDrive() ? "True" : "");
        out.put("key_name", server.key().map(Server.Key::name));
        out.put("OS-SRV-USG:launched_at", server.launchedAt().map(Times::micros));
        out.put("OS-SRV-USG:terminated_at", server.terminatedAt().map(Times::micros));
        if (!server.securityGroupsJson().equals("[]")) {
            out.raw("security_groups", server.securityGroupsJson());
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
    }

    /** Before 2.75 an update told nothing of what had once been extensions. */
    WrittenView described(Server server) {
        return out -> plain(server, addresses(server), true, out);
    }

    /**
     * What a rebuild answers: since 2.75 all but what only admins see; the user data have a name of
     * their own here.
     */
    WrittenView rebuilt(Server server, Map<HostName, Host> hosts, String password) {
        return out -> {
            if (minor >= 75) {
                whole(server, hosts, true, out);
            } else {
                plain(server, addresses(server), true, out);
                if (minor >= 54) {
                    out.put("key_name", server.key().map(Server.Key::name));
                }
            }
            if (minor >= 57) {
                out.put("user_data", server.userData());
            }
            out.put("adminPass", password);
        };
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

    private void plain(Server server, Object addresses, boolean single, Fields out) {
        String id = server.id().toString();
        String status = server.state().status();
        String hostName = server.host().map(HostName::value).orElse("");
        out.put("id", id);
        out.put("name", server.name());
        out.put("status", status);
        out.put("tenant_id", server.project().value());
        out.put("user_id", server.user().value());
        out.raw("metadata", server.metadataJson());
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
        out.raw("links", links(id));
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

    private void extended(Server server, Map<HostName, Host> hosts, Fields out) {
        out.put("OS-EXT-SRV-ATTR:host", server.host().map(HostName::value));
        out.put("OS-EXT-SRV-ATTR:hypervisor_hostname", server.host().map(HostName::value));
        out.put("OS-EXT-SRV-ATTR:instance_name", server.instanceName());
        if (minor >= 3) {
            out.put("OS-EXT-SRV-ATTR:reservation_id", server.reservationId());
            out.put("OS-EXT-SRV-ATTR:launch_index", server.launchIndex());
            out.put("OS-EXT-SRV-ATTR:hostname", server.hostname());
            Boot boot = boots.computeIfAbsent(server.imageJson(), Boot::of);
            out.put("OS-EXT-SRV-ATTR:kernel_id", boot.kernel());
            out.put("OS-EXT-SRV-ATTR:ramdisk_id", boot.ramdisk());
            out.put("OS-EXT-SRV-ATTR:root_device_name", server.rootDevice());
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

    /** Written as text, because a list has thousands of them: an id needs no escape. */
    private String links(String id) {
        return self + id + bookmark + id + "\"}]";
    }

    /** The images that a guest's kernel is taken from, if not its own. */
    private record Boot(String kernel, String ramdisk) {
        static Boot of(String imageJson) {
            JsonNode image = Json.mapper().readTree(imageJson);
            return new Boot(
                    image.path("kernel_id").asString(""), image.path("ramdisk_id").asString(""));
        }
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
