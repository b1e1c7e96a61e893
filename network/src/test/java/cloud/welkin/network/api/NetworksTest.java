package cloud.welkin.network.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class NetworksTest {
    private static final NetworkCloud cloud = new NetworkCloud();

    @AfterAll
    static void close() {
        assertThat(cloud.findings()).isEmpty();
        cloud.close();
    }

    @Test
    void aNetworkIsMadeShownChangedAndDeleted() {
        String id = cloud.network(cloud.member);
        var shown = cloud.get(cloud.member, "/networks/" + id).expect(200);
        assertThat(shown.text("/network/status")).isEqualTo("ACTIVE");
        assertThat(shown.json().at("/network/router:external").asBoolean()).isFalse();
        assertThat(shown.json().at("/network/mtu").asInt()).isEqualTo(1442);
        assertThat(shown.json().at("/network").has("provider:network_type")).isFalse();
        assertThat(cloud.get(cloud.admin, "/networks/" + id).text("/network/provider:network_type"))
                .isEqualTo("geneve");
        assertThat(
                        cloud.put(cloud.member, "/networks/" + id, "{'network': {'name': 'new'}}")
                                .expect(200)
                                .text("/network/name"))
                .isEqualTo("new");
        cloud.delete(cloud.member, "/networks/" + id).expect(204);
        assertThat(
                        cloud.get(cloud.member, "/networks/" + id)
                                .expect(404)
                                .text("/NeutronError/type"))
                .isEqualTo("NetworkNotFound");
    }

    @Test
    void anotherProjectsNetworkDoesNotExist() {
        String id = cloud.network(cloud.member);
        cloud.get(cloud.other, "/networks/" + id).expect(404);
        cloud.put(cloud.other, "/networks/" + id, "{'network': {'name': 'mine'}}").expect(404);
        cloud.delete(cloud.other, "/networks/" + id).expect(404);
        assertThat(cloud.get(cloud.other, "/networks?id=" + id).json().at("/networks").size())
                .isZero();
    }

    @Test
    void onlyAdminsMakeExternalAndSharedNetworks() {
        cloud.post(cloud.member, "/networks", "{'network': {'shared': true}}").expect(403);
        cloud.post(cloud.member, "/networks", "{'network': {'router:external': true}}").expect(403);
        cloud.post(
                        cloud.member,
                        "/networks",
                        "{'network': {'router:external': false, 'shared': false}}")
                .expect(201);
        cloud.delete(cloud.member, "/networks/" + cloud.publicNetwork()).expect(403);
    }

    @Test
    void subnetsGetGatewayPoolsAndAMetadataPort() {
        String network = cloud.network(cloud.member);
        String subnet = cloud.subnet(cloud.member, network, "10.1.0.0/24");
        var shown = cloud.get(cloud.member, "/subnets/" + subnet).expect(200);
        assertThat(shown.text("/subnet/gateway_ip")).isEqualTo("10.1.0.1");
        assertThat(shown.text("/subnet/allocation_pools/0/start")).isEqualTo("10.1.0.2");
        assertThat(shown.text("/subnet/allocation_pools/0/end")).isEqualTo("10.1.0.254");
        var ports =
                cloud.get(cloud.member, "/ports?network_id=" + network)
                        .expect(200)
                        .json()
                        .at("/ports");
        assertThat(ports.size()).isEqualTo(1);
        assertThat(ports.get(0).at("/device_owner").asString()).isEqualTo("network:distributed");
        assertThat(
                        cloud.post(
                                        cloud.member,
                                        "/subnets",
                                        "{'subnet': {'network_id': '"
                                                + network
                                                + "', 'cidr': '10.1.0.128/25', 'ip_version': 4}}")
                                .expect(400)
                                .text("/NeutronError/type"))
                .isEqualTo("InvalidInput");
        cloud.delete(cloud.member, "/networks/" + network).expect(204);
        cloud.get(cloud.member, "/subnets/" + subnet).expect(404);
    }

    @Test
    void portsGetAddressesAndTheDefaultGroup() {
        String network = cloud.network(cloud.member);
        cloud.subnet(cloud.member, network, "10.2.0.0/24");
        cloud.post(
                        cloud.member,
                        "/subnets",
                        "{'subnet': {'network_id': '"
                                + network
                                + "', 'cidr': 'fd00:2::/64', 'ip_version': 6, 'ipv6_ra_mode': 'slaac', 'ipv6_address_mode': 'slaac'}}")
                .expect(201);
        var port =
                cloud.post(cloud.member, "/ports", "{'port': {'network_id': '" + network + "'}}")
                        .expect(201);
        assertThat(port.json().at("/port/fixed_ips").size()).isEqualTo(2);
        assertThat(port.text("/port/fixed_ips/1/ip_address")).startsWith("fd00:2::f816:3eff:fe");
        assertThat(port.json().at("/port/security_groups").size()).isEqualTo(1);
        assertThat(port.text("/port/status")).isEqualTo("DOWN");
        assertThat(
                        cloud.delete(cloud.member, "/networks/" + network)
                                .expect(409)
                                .text("/NeutronError/type"))
                .isEqualTo("NetworkInUse");
        cloud.put(
                        cloud.member,
                        "/ports/" + port.text("/port/id"),
                        "{'port': {'fixed_ips': [{'ip_address': '10.2.0.77'}], 'name': 'x'}}")
                .expect(200);
        assertThat(
                        cloud.get(
                                        cloud.member,
                                        "/ports?fixed_ips=ip_address%3D10.2.0.77&fields=name&fields=id")
                                .expect(200)
                                .text("/ports/0/name"))
                .isEqualTo("x");
        cloud.delete(cloud.member, "/ports/" + port.text("/port/id")).expect(204);
        cloud.delete(cloud.member, "/networks/" + network).expect(204);
    }

    @Test
    void concurrentPortsNeverShareAnAddressAndTheLastOneIsRefused()
            throws InterruptedException, ExecutionException {
        String network = cloud.network(cloud.other);
        cloud.subnet(cloud.other, network, "10.3.0.0/27");
        List<Future<Integer>> answers = new ArrayList<>();
        try (var executor = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 40; i++) {
                answers.add(
                        executor.submit(
                                () ->
                                        cloud.post(
                                                        cloud.other,
                                                        "/ports",
                                                        "{'port': {'network_id': '"
                                                                + network
                                                                + "'}}")
                                                .status()));
            }
        }
        int made = 0;
        for (var answer : answers) {
            assertThat(answer.get()).isIn(201, 409);
            made += answer.get() == 201 ? 1 : 0;
        }
        // 30 addresses, less the gateway and the metadata port
        assertThat(made).isEqualTo(28);
        Set<String> addresses = new HashSet<>();
        for (var port :
                cloud.get(cloud.other, "/ports?network_id=" + network).json().at("/ports")) {
            assertThat(addresses.add(port.at("/fixed_ips/0/ip_address").asString())).isTrue();
        }
    }

    @Test
    void routersJoinSubnetsAndFloatingIpsLeadThroughThem() {
        String network = cloud.network(cloud.member);
        String subnet = cloud.subnet(cloud.member, network, "10.4.0.0/24");
        String external = cloud.publicNetwork();
        String port = cloud.port(cloud.member, network);
        String withoutRouter =
                "{'floatingip': {'floating_network_id': '"
                        + external
                        + "', 'port_id': '"
                        + port
                        + "'}}";
        assertThat(
                        cloud.post(cloud.member, "/floatingips", withoutRouter)
                                .expect(404)
                                .text("/NeutronError/type"))
                .isEqualTo("ExternalGatewayForFloatingIPNotFound");
        var router =
                cloud.post(
                                cloud.member,
                                "/routers",
                                "{'router': {'name': 'r', 'external_gateway_info': {'network_id': '"
                                        + external
                                        + "'}}}")
                        .expect(201);
        String id = router.text("/router/id");
        assertThat(router.text("/router/external_gateway_info/external_fixed_ips/0/ip_address"))
                .startsWith("172.24.4.");
        assertThat(
                        cloud.put(
                                        cloud.member,
                                        "/routers/" + id + "/add_router_interface",
                                        "{'subnet_id': '" + subnet + "'}")
                                .expect(200)
                                .text("/subnet_id"))
                .isEqualTo(subnet);
        var floating = cloud.post(cloud.member, "/floatingips", withoutRouter).expect(201);
        assertThat(floating.text("/floatingip/router_id")).isEqualTo(id);
        assertThat(floating.text("/floatingip/status")).isEqualTo("ACTIVE");
        assertThat(
                        cloud.put(
                                        cloud.member,
                                        "/routers/" + id + "/remove_router_interface",
                                        "{'subnet_id': '" + subnet + "'}")
                                .expect(409)
                                .text("/NeutronError/type"))
                .isEqualTo("RouterInterfaceInUseByFloatingIP");
        assertThat(
                        cloud.put(
                                        cloud.member,
                                        "/routers/" + id,
                                        "{'router': {'external_gateway_info': null}}")
                                .expect(409)
                                .text("/NeutronError/type"))
                .isEqualTo("RouterExternalGatewayInUseByFloatingIp");
        cloud.delete(cloud.member, "/routers/" + id).expect(409);
        cloud.delete(cloud.member, "/ports/" + port).expect(204);
        var alone =
                cloud.get(cloud.member, "/floatingips/" + floating.text("/floatingip/id"))
                        .expect(200);
        assertThat(alone.json().at("/floatingip/port_id").isNull()).isTrue();
        cloud.delete(cloud.member, "/floatingips/" + floating.text("/floatingip/id")).expect(204);
        cloud.put(
                        cloud.member,
                        "/routers/" + id + "/remove_router_interface",
                        "{'subnet_id': '" + subnet + "'}")
                .expect(200);
        cloud.put(cloud.member, "/routers/" + id, "{'router': {'external_gateway_info': {}}}")
                .expect(200);
        cloud.delete(cloud.member, "/routers/" + id).expect(204);
        cloud.delete(cloud.member, "/networks/" + network).expect(204);
    }

    @Test
    void securityGroupsHoldTheirRulesOnce() {
        var all = cloud.get(cloud.member, "/security-groups").expect(200);
        assertThat(all.text("/security_groups/0/name")).isEqualTo("default");
        assertThat(all.json().at("/security_groups/0/security_group_rules").size()).isEqualTo(4);
        String group =
                cloud.post(cloud.member, "/security-groups", "{'security_group': {'name': 'web'}}")
                        .expect(201)
                        .text("/security_group/id");
        String rule =
                "{'security_group_rule': {'security_group_id': '"
                        + group
                        + "', 'direction': 'ingress', 'protocol': 'tcp', 'port_range_min': 80, 'port_range_max': '90', 'remote_ip_prefix': null}}";
        cloud.post(cloud.member, "/security-group-rules", rule).expect(201);
        assertThat(
                        cloud.post(cloud.member, "/security-group-rules", rule)
                                .expect(409)
                                .text("/NeutronError/type"))
                .isEqualTo("SecurityGroupRuleExists");
        cloud.post(cloud.other, "/security-group-rules", rule.replace("80", "81")).expect(404);
        cloud.delete(cloud.member, "/security-groups/" + group).expect(204);
    }

    @Test
    void listsArePagedSortedAndReduced() {
        for (String name : List.of("pa", "pb", "pc")) {
            cloud.post(
                            cloud.admin,
                            "/networks",
                            "{'network': {'name': '" + name + "', 'description': 'paged'}}")
                    .expect(201);
        }
        var first =
                cloud.get(
                                cloud.admin,
                                "/networks?description=paged&sort_key=name&sort_dir=desc&limit=2&fields=name&fields=id")
                        .expect(200);
        assertThat(first.text("/networks/0/name")).isEqualTo("pc");
        assertThat(first.text("/networks_links/0/rel")).isEqualTo("next");
        String next =
                first.text("/networks_links/0/href").replace("http://cloud.test/network/v2.0", "");
        var second = cloud.get(cloud.admin, next).expect(200);
        assertThat(second.json().at("/networks").size()).isEqualTo(1);
        assertThat(second.text("/networks/0/name")).isEqualTo("pa");
        String previous =
                second.text("/networks_links/0/href").replace("http://cloud.test/network/v2.0", "");
        assertThat(cloud.get(cloud.admin, previous).text("/networks/1/name")).isEqualTo("pb");
        cloud.get(cloud.admin, "/networks?colour=blue").expect(400);
        cloud.get(cloud.admin, "/networks?sort_key=colour").expect(400);
    }

    @Test
    void badInputIsRefusedAndNothingBreaks() {
        String network = cloud.network(cloud.member);
        cloud.get(cloud.member, "/networks/not-a-uuid").expect(404);
        cloud.get(cloud.member, "/ports?id=not-a-uuid").expect(200);
        cloud.get(cloud.member, "/networks?name=%00").expect(400);
        cloud.post(cloud.member, "/networks", "{'network': {'name': '" + "x".repeat(256) + "'}}")
                .expect(400);
        cloud.post(cloud.member, "/networks", "{'network': {'colour': 'blue'}}").expect(400);
        cloud.post(cloud.member, "/networks", "{'network': {'name': 'a\\u0000b'}}").expect(400);
        cloud.post(cloud.member, "/networks", "{'network': {'mtu': 9223372036854775808}}")
                .expect(400);
        cloud.post(cloud.member, "/networks", "{'network': {'tags': [null]}}").expect(400);
        cloud.post(cloud.member, "/networks", "{}").expect(400);
        cloud.post(
                        cloud.member,
                        "/networks",
                        "{'network': {'name': 'naïve 🦆 \\u0022 newline\\n'}}")
                .expect(201);
        for (String cidr :
                List.of(
                        "10.0.0.0/33",
                        "10.0.0.0",
                        "",
                        "fe80::/64",
                        "224.0.0.0/8",
                        "0.0.0.0/0",
                        "x")) {
            cloud.post(
                            cloud.member,
                            "/subnets",
                            "{'subnet': {'network_id': '" + network + "', 'cidr': '" + cidr + "'}}")
                    .expect(400);
        }
        cloud.post(cloud.member, "/ports", "{'port': {'network_id': 'x'}}").expect(400);
        cloud.post(
                        cloud.member,
                        "/ports",
                        "{'port': {'network_id': '" + network + "', 'mac_address': 'zz'}}")
                .expect(400);
        cloud.post(
                        cloud.member,
                        "/ports",
                        "{'port': {'network_id': '"
                                + network
                                + "', 'fixed_ips': [{'ip_address': '9.9.9.9'}]}}")
                .expect(400);
        cloud.post(cloud.member, "/ports", "{'port': {}}").expect(400);
        cloud.get(cloud.member, "/networks?limit=-1").expect(400);
        cloud.get(cloud.member, "/networks?marker=x").expect(400);
    }

    @Test
    void aPortFollowsItsServer() {
        String network = cloud.network(cloud.member);
        cloud.subnet(cloud.member, network, "10.6.0.0/24");
        var server = java.util.UUID.randomUUID();
        List<String> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
        cloud.service
                .networks()
                .addListener((tx, port, device, active) -> heard.add(device + " " + active));
        var networks = cloud.service.networks();
        var facts =
                cloud.database()
                        .write(
                                tx ->
                                        networks.createPort(
                                                tx,
                                                cloud.member,
                                                new cloud.welkin.network.Networks.NewPort(
                                                        java.util.UUID.fromString(network),
                                                        server,
                                                        java.util.Optional.empty(),
                                                        List.of(),
                                                        java.util.Optional.empty())));
        assertThat(facts.keep()).isFalse();
        assertThat(facts.fixedIps()).hasSize(1);
        cloud.database()
                .change(
                        tx ->
                                networks.bind(
                                        tx,
                                        facts.id(),
                                        new cloud.welkin.kernel.host.HostName("h1")));
        assertThat(heard).containsExactly(server + " true");
        assertThat(
                        cloud.database()
                                .<java.util.Optional<java.util.UUID>>read(
                                        tx ->
                                                networks.deviceAt(
                                                        tx,
                                                        facts.network(),
                                                        facts.fixedIps().getFirst().address())))
                .contains(server);
        assertThat(
                        cloud.database()
                                .<List<cloud.welkin.network.MetadataPort>>write(
                                        tx ->
                                                networks.metadataPorts(
                                                        tx,
                                                        new cloud.welkin.kernel.host.HostName(
                                                                "h1"))))
                .anyMatch(
                        each ->
                                each.network().equals(facts.network())
                                        && each.addresses().size() == 1);
        cloud.database().change(tx -> networks.deletePort(tx, facts.id()));
        assertThat(cloud.database().<List<?>>read(tx -> networks.portsOf(tx, List.of(server))))
                .isEmpty();
    }

    @Test
    void quotasTagsAgentsAndExtensionsAnswer() {
        String project = cloud.other.requireProject().value();
        cloud.put(cloud.admin, "/quotas/" + project, "{'quota': {'router': 0}}").expect(200);
        assertThat(
                        cloud.post(cloud.other, "/routers", "{'router': {}}")
                                .expect(409)
                                .text("/NeutronError/type"))
                .isEqualTo("OverQuota");
        cloud.delete(cloud.admin, "/quotas/" + project).expect(204);
        cloud.post(cloud.other, "/routers", "{'router': {}}").expect(201);
        cloud.put(cloud.other, "/quotas/" + project, "{'quota': {'router': 100}}").expect(403);
        assertThat(
                        cloud.get(cloud.other, "/quotas/" + project + "/details")
                                .expect(200)
                                .json()
                                .at("/quota/router/used")
                                .asInt())
                .isEqualTo(1);
        String network = cloud.network(cloud.member);
        cloud.put(cloud.member, "/networks/" + network + "/tags", "{'tags': ['red', 'blue']}")
                .expect(200);
        cloud.api
                .put("/network/v2.0/networks/" + network + "/tags/green")
                .by(cloud.member)
                .send()
                .expect(201);
        assertThat(
                        cloud.get(cloud.member, "/networks?tags=red,green")
                                .json()
                                .at("/networks")
                                .size())
                .isEqualTo(1);
        assertThat(
                        cloud.get(cloud.member, "/networks?not-tags=red&id=" + network)
                                .json()
                                .at("/networks")
                                .size())
                .isZero();
        cloud.get(cloud.member, "/networks/" + network + "/tags/pink").expect(404);
        cloud.get(cloud.admin, "/agents").expect(200);
        assertThat(cloud.get(cloud.member, "/agents").expect(200).json().at("/agents").size())
                .isZero();
        cloud.get(cloud.member, "/networks/" + network + ".json").expect(200);
        cloud.get(cloud.member, "/networks.json").expect(200);
        cloud.get(cloud.member, "/extensions/router").expect(200);
        cloud.get(cloud.member, "/extensions/qos").expect(404);
        cloud.get(cloud.member, "/availability_zones").expect(200);
        cloud.get(cloud.admin, "/network-ip-availabilities").expect(200);
        cloud.api.get("/network/").send().expect(200);
        cloud.api.get("/network/v2.0/").send().expect(200);
        cloud.api.get("/network/v2.0/networks").send().expect(401);
    }

    @Test
    void anExternalNetworkGoesWithFloatingIpsThatLeadNowhere() {
        String network =
                cloud.post(cloud.admin, "/networks", "{'network': {'router:external': true}}")
                        .expect(201)
                        .text("/network/id");
        cloud.subnet(cloud.admin, network, "203.0.113.0/24");
        String ip =
                cloud.post(
                                cloud.member,
                                "/floatingips",
                                "{'floatingip': {'floating_network_id': '" + network + "'}}")
                        .expect(201)
                        .text("/floatingip/id");
        cloud.delete(cloud.admin, "/networks/" + network).expect(204);
        cloud.get(cloud.member, "/floatingips/" + ip).expect(404);
        assertThat(cloud.findings()).isEmpty();
    }

    @Test
    void rulesNameTheirFaultsAndNoOtherGroupIsCalledDefault() {
        String group =
                cloud.post(cloud.member, "/security-groups", "{'security_group': {'name': 'g'}}")
                        .expect(201)
                        .text("/security_group/id");
        String rule =
                "{'security_group_rule': {'direction': 'ingress', 'security_group_id': '"
                        + group
                        + "', ";
        assertThat(
                        cloud.post(
                                        cloud.member,
                                        "/security-group-rules",
                                        rule
                                                + "'protocol': 'icmp', 'port_range_min': 1,"
                                                + " 'port_range_max': 256}}")
                                .expect(400)
                                .text("/NeutronError/message"))
                .contains("Invalid value for ICMP code (port_range_max) 256");
        assertThat(
                        cloud.post(
                                        cloud.member,
                                        "/security-group-rules",
                                        rule
                                                + "'protocol': 'icmp', 'port_range_min': -1,"
                                                + " 'port_range_max': 25}}")
                                .expect(400)
                                .text("/NeutronError/message"))
                .contains("Invalid value");
        cloud.post(cloud.member, "/security-group-rules", rule + "'remote_group_id': 'x'}}")
                .expect(404);
        cloud.put(
                        cloud.member,
                        "/security-groups/" + group,
                        "{'security_group': {'name': 'default'}}")
                .expect(409);
    }

    @Test
    void dhcpOptionsThatNobodyTellsAreRefused() {
        String network = cloud.network(cloud.member);
        cloud.post(
                        cloud.member,
                        "/ports",
                        "{'port': {'network_id': '"
                                + network
                                + "', 'extra_dhcp_opts': [{'opt_name': 'time-offset',"
                                + " 'opt_value': '1'}]}}")
                .expect(400);
    }

    @Test
    void ifMatchGuardsAgainstChangesUnseen() {
        String network = cloud.network(cloud.member);
        var request = cloud.api.put("/network/v2.0/networks/" + network).by(cloud.member);
        request.header("If-Match", "revision_number=7")
                .json("{'network': {'name': 'a'}}")
                .send()
                .expect(412);
    }
}
