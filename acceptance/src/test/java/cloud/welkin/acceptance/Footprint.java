package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What a cloud holds outside of its own rows and what it counts: domains, taps, switch ports, rows
 * of OVN, disks, allocations, quotas in use. Two of them are equal when what was made in between
 * left nothing over.
 */
record Footprint(Map<String, String> parts) {
    private static final List<String> NORTHBOUND =
            List.of(
                    "Logical_Switch",
                    "Logical_Switch_Port",
                    "Logical_Router",
                    "Logical_Router_Port",
                    "Logical_Router_Static_Route",
                    "NAT",
                    "DHCP_Options",
                    "DNS",
                    "ACL",
                    "Port_Group",
                    "Address_Set",
                    "HA_Chassis_Group",
                    "Gateway_Chassis",
                    "QoS");
    private static final List<String> SOUTHBOUND =
            List.of("Chassis", "Datapath_Binding", "Port_Binding", "MAC_Binding");

    /** Where files of servers, volumes and images are. */
    private static final List<String> FOLDERS =
            List.of(
                    "guests",
                    "volumes",
                    "images",
                    "host/main/metadata",
                    "host/main/lib/libvirt/qemu");

    static Footprint of(CloudUnderTest cloud) {
        Map<String, String> parts = new TreeMap<>();
        counted(cloud.rest(), parts);
        if (!cloud.simulated()) {
            onHost(cloud, parts);
        }
        for (String folder : FOLDERS) {
            parts.put("files in " + folder, files(cloud.home().resolve(folder)));
        }
        return new Footprint(parts);
    }

    /**
     * Waits until nothing is different: what was acknowledged as deleted may take its time to go.
     */
    static void mustBecome(CloudUnderTest cloud, Footprint before, Duration limit) {
        try {
            Await.until("nothing is left over", limit, () -> of(cloud).equals(before));
        } catch (AssertionError e) {
            assertThat(of(cloud).parts()).as("what is left over").isEqualTo(before.parts());
            throw e;
        }
    }

    private static void counted(Rest rest, Map<String, String> parts) {
        JsonNode absolute =
                rest.get("/compute/v2.1/limits").expect(200).json().at("/limits/absolute");
        for (String counter : List.of("totalInstancesUsed", "totalCoresUsed", "totalRAMUsed")) {
            parts.put("quota " + counter, absolute.path(counter).toString());
        }
        String project =
                rest.get("/identity/v3/projects?name=admin")
                        .expect(200)
                        .json()
                        .at("/projects/0/id")
                        .asString("");
        rest.get("/network/v2.0/quotas/" + project + "/details.json")
                .expect(200)
                .json()
                .path("quota")
                .properties()
                .forEach(
                        resource ->
                                parts.put(
                                        "quota " + resource.getKey(),
                                        used(resource.getValue(), "used")));
        rest.get(Volumes.path("/os-quota-sets/" + project + "?usage=True"))
                .expect(200)
                .json()
                .path("quota_set")
                .properties()
                .forEach(
                        resource -> {
                            if (resource.getValue().isObject()) {
                                parts.put(
                                        "quota " + resource.getKey(),
                                        used(resource.getValue(), "in_use"));
                            }
                        });
        rest.get("/placement/resource_providers")
                .expect(200)
                .json()
                .path("resource_providers")
                .forEach(
                        provider -> {
                            String path =
                                    "/placement/resource_providers/"
                                            + provider.path("uuid").asString("");
                            parts.put(
                                    "allocations of " + provider.path("name").asString(""),
                                    rest.get(path + "/allocations")
                                                    .expect(200)
                                                    .json()
                                                    .path("allocations")
                                            + " "
                                            + rest.get(path + "/usages")
                                                    .expect(200)
                                                    .json()
                                                    .path("usages"));
                        });
    }

    private static String used(JsonNode counter, String name) {
        return counter.path(name) + " reserved " + counter.path("reserved");
    }

    private static void onHost(CloudUnderTest cloud, Map<String, String> parts) {
        HostOfCloud host = HostOfCloud.of(cloud.home());
        parts.put(
                "domains", lines(host, "virsh", "-c", "qemu:///system", "list", "--all", "--uuid"));
        parts.put("links", lines(host, "sh", "-c", "ls /sys/class/net"));
        parts.put("namespaces", lines(host, "sh", "-c", "ip netns list | cut -d' ' -f1"));
        parts.put("switch ports", lines(host, "ovs-vsctl", "list-ports", "br-int"));
        parts.put("guests' processes", lines(host, "sh", "-c", "pgrep -c qemu-system || true"));
        parts.put("proxies", lines(host, "sh", "-c", "pgrep -c haproxy || true"));
        for (String table : NORTHBOUND) {
            parts.put(
                    "northbound " + table,
                    lines(host, "ovn-nbctl", "--bare", "--columns=_uuid", "list", table));
        }
        for (String table : SOUTHBOUND) {
            parts.put(
                    "southbound " + table,
                    lines(host, "ovn-sbctl", "--bare", "--columns=_uuid", "list", table));
        }
    }

    private static String lines(HostOfCloud host, String... words) {
        return host.command(words)
                .run()
                .text()
                .lines()
                .filter(line -> !line.isBlank())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static String files(Path folder) {
        if (!Files.exists(folder)) {
            return "";
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .collect(Collectors.joining(" "));
        } catch (IOException | UncheckedIOException e) {
            return "changing: " + e; // it went while we looked; whoever waits looks again
        }
    }
}
