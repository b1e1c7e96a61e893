package cloud.welkin.network.work;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.network.api.NetworkCloud;
import cloud.welkin.ovsdb.Operation;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class NorthboundTest {
    private final NetworkCloud cloud = new NetworkCloud();
    private final OvnCentral ovn = new OvnCentral();
    private final Northbound northbound =
            new Northbound(() -> Optional.of(ovn.addresses()), event -> {}, event -> {});
    private final NorthboundReconciler reconciler =
            new NorthboundReconciler(cloud.database(), northbound, cloud.statuses);

    @AfterEach
    void close() {
        northbound.close();
        ovn.close();
        cloud.close();
    }

    /** A port behind a router with a floating IP, and a rule of each kind. */
    private String furnish() {
        String network = cloud.network(cloud.member);
        String subnet = cloud.subnet(cloud.member, network, "10.0.0.0/24");
        String port = cloud.port(cloud.member, network);
        bind(port);
        String router =
                cloud.post(
                                cloud.member,
                                "/routers",
                                "{'router': {'external_gateway_info': {'network_id': '"
                                        + cloud.publicNetwork()
                                        + "'}}}")
                        .expect(201)
                        .text("/router/id");
        cloud.put(
                        cloud.member,
                        "/routers/" + router + "/add_router_interface",
                        "{'subnet_id': '" + subnet + "'}")
                .expect(200);
        String six =
                cloud.post(
                                cloud.member,
                                "/subnets",
                                "{'subnet': {'network_id': '"
                                        + network
                                        + "', 'cidr': 'fd00::/64', 'ip_version': 6,"
                                        + " 'ipv6_ra_mode': 'dhcpv6-stateful', 'ipv6_address_mode': 'dhcpv6-stateful',"
                                        + " 'dns_nameservers': ['fd00::53']}}")
                        .expect(201)
                        .text("/subnet/id");
        cloud.put(
                        cloud.member,
                        "/routers/" + router + "/add_router_interface",
                        "{'subnet_id': '" + six + "'}")
                .expect(200);
        cloud.post(
                        cloud.member,
                        "/floatingips",
                        "{'floatingip': {'floating_network_id': '"
                                + cloud.publicNetwork()
                                + "', 'port_id': '"
                                + port
                                + "'}}")
                .expect(201);
        String group =
                cloud.post(cloud.member, "/security-groups", "{'security_group': {'name': 'web'}}")
                        .expect(201)
                        .text("/security_group/id");
        for (String rule :
                List.of(
                        "'protocol': 'tcp', 'port_range_min': 22, 'port_range_max': 22",
                        "'protocol': 'udp', 'port_range_min': 1000, 'port_range_max': 2000, 'remote_ip_prefix': '192.0.2.0/24'",
                        "'protocol': 'icmp', 'port_range_min': 8, 'port_range_max': 0",
                        "'protocol': 'icmp', 'ethertype': 'IPv6'",
                        "'protocol': 47",
                        "'protocol': 'sctp', 'remote_group_id': '" + group + "'")) {
            cloud.post(
                            cloud.member,
                            "/security-group-rules",
                            "{'security_group_rule': {'security_group_id': '"
                                    + group
                                    + "', 'direction': 'ingress', "
                                    + rule
                                    + "}}")
                    .expect(201);
        }
        String web =
                cloud.post(
                                cloud.member,
                                "/ports",
                                "{'port': {'network_id': '"
                                        + network
                                        + "', 'dns_name': 'web', 'security_groups': ['"
                                        + group
                                        + "'],"
                                        + " 'extra_dhcp_opts': [{'opt_name': 'bootfile-name', 'opt_value': 'x.0'},"
                                        + " {'opt_name': 'server-ip-address', 'opt_value': '10.9.9.9'},"
                                        + " {'opt_name': '210', 'opt_value': '/boot/'}],"
                                        + " 'allowed_address_pairs': [{'ip_address': '10.0.0.99'}]}}")
                        .expect(201)
                        .text("/port/id");
        bind(web);
        ovn.sbctl(
                "chassis-add",
                "c1",
                "geneve",
                "127.0.0.1",
                "--",
                "set",
                "chassis",
                "c1",
                "other_config:ovn-bridge-mappings=public:br-ex");
        return port;
    }

    private void bind(String port) {
        cloud.put(cloud.admin, "/ports/" + port, "{'port': {'binding:host_id': 'c1'}}").expect(200);
    }

    @Test
    void portsAreInOvnOnceTheyAreBoundAndNetworksWithThem() {
        String network = cloud.network(cloud.member);
        String port = cloud.port(cloud.member, network);
        reconciler.reconcile();
        assertThat(ovn.nbctl("--bare", "--columns=name", "list", "logical_switch"))
                .doesNotContain(network);
        bind(port);
        reconciler.reconcile();
        assertThat(ovn.nbctl("--bare", "--columns=name", "list", "logical_switch"))
                .contains(network);
        assertThat(ovn.nbctl("--bare", "--columns=name", "list", "logical_switch_port"))
                .contains(port);
        cloud.put(cloud.admin, "/ports/" + port, "{'port': {'binding:host_id': ''}}").expect(200);
        reconciler.reconcile();
        assertThat(ovn.nbctl("--bare", "--columns=name", "list", "logical_switch"))
                .doesNotContain(network);
    }

    @Test
    void whatIsIntendedIsWrittenOnceAndNorthdTakesAllOfIt() throws IOException {
        String port = furnish();
        assertThat(reconciler.reconcile().changed()).isPositive();
        assertThat(reconciler.difference()).contains(List.<Operation>of());
        assertThat(reconciler.reconcile().changed()).isZero();
        ovn.nbctl("--wait=sb", "sync");
        assertThat(ovn.complaints()).isEmpty();
        assertThat(
                        ovn.nbctl(
                                "--bare",
                                "--columns=name",
                                "find",
                                "logical_switch_port",
                                "name=" + port))
                .isEqualTo(port);
        assertThat(ovn.nbctl("--bare", "--columns=type", "find", "nat", "type=dnat_and_snat"))
                .isEqualTo("dnat_and_snat");
        assertThat(ovn.nbctl("--bare", "--columns=chassis_name", "list", "ha_chassis"))
                .isEqualTo("c1");
        assertThat(
                        ovn.sbctl(
                                "--bare",
                                "--columns=logical_port",
                                "find",
                                "port_binding",
                                "type=localport"))
                .isNotEmpty();
    }

    @Test
    void aPortThatWantsNoDhcpIsServedNone() {
        String port = furnish();
        cloud.put(
                        cloud.member,
                        "/ports/" + port,
                        "{'port': {'extra_dhcp_opts':"
                                + " [{'opt_name': 'dhcp_disabled', 'opt_value': 'true'}]}}")
                .expect(200);
        reconciler.reconcile();
        assertThat(
                        ovn.nbctl(
                                "--bare",
                                "--columns=dhcpv4_options",
                                "find",
                                "logical_switch_port",
                                "name=" + port))
                .isEmpty();
    }

    @Test
    void whatOthersBrokeIsMended() {
        String port = furnish();
        reconciler.reconcile();
        ovn.nbctl("lsp-del", port);
        ovn.nbctl("set", "port_group", "neutron_pg_drop", "acls=[]");
        ovn.nbctl("acl-add", "neutron_pg_drop", "to-lport", "2000", "ip4", "allow");
        ovn.nbctl("--all", "destroy", "dhcp_options");
        assertThat(ovn.nbctl("--bare", "--columns=_uuid", "find", "acl", "priority=2000"))
                .isNotEmpty();
        // The replica learns of it a moment later.
        while (reconciler.difference().map(List::isEmpty).orElse(true)) {
            Thread.onSpinWait();
        }
        reconciler.reconcile();
        assertThat(
                        ovn.nbctl(
                                "--bare",
                                "--columns=name",
                                "find",
                                "logical_switch_port",
                                "name=" + port))
                .isEqualTo(port);
        assertThat(ovn.nbctl("--bare", "--columns=_uuid", "find", "acl", "priority=2000"))
                .isEmpty();
        reconciler.reconcile();
        assertThat(reconciler.difference()).contains(List.<Operation>of());
    }

    @Test
    void whatIsDeletedLeavesNothing() {
        String before = ovn.nbctl("--bare", "--columns=_uuid", "list", "logical_switch");
        assertThat(before).isEmpty();
        String network = cloud.network(cloud.member);
        cloud.subnet(cloud.member, network, "10.0.0.0/24");
        String port = cloud.port(cloud.member, network);
        bind(port);
        reconciler.reconcile();
        cloud.delete(cloud.member, "/ports/" + port).expect(204);
        cloud.delete(cloud.member, "/networks/" + network).expect(204);
        reconciler.reconcile();
        assertThat(
                        ovn.nbctl(
                                "--bare",
                                "--columns=name",
                                "find",
                                "logical_switch",
                                "name=neutron-" + network))
                .isEmpty();
        assertThat(ovn.nbctl("--bare", "--columns=_uuid", "list", "dhcp_options")).isEmpty();
        assertThat(
                        ovn.nbctl(
                                "--bare",
                                "--columns=name",
                                "find",
                                "logical_switch_port",
                                "type=localport"))
                .isEmpty();
    }

    @Test
    void aRouterGoesWithItsGateway() throws IOException {
        furnish();
        reconciler.reconcile();
        String router = cloud.get(cloud.member, "/routers").text("/routers/0/id");
        String ip = cloud.get(cloud.member, "/floatingips").text("/floatingips/0/id");
        cloud.delete(cloud.member, "/floatingips/" + ip).expect(204);
        cloud.put(cloud.member, "/routers/" + router, "{'router': {'external_gateway_info': null}}")
                .expect(200);
        reconciler.reconcile();
        assertThat(ovn.nbctl("--bare", "--columns=_uuid", "list", "ha_chassis_group")).isEmpty();
        assertThat(reconciler.difference()).contains(List.<Operation>of());
    }

    @Test
    void aPortIsActiveOnceItsHostHasIt() {
        String port = furnish();
        reconciler.reconcile();
        ovn.nbctl("--wait=sb", "sync");
        String binding =
                ovn.sbctl(
                        "--bare",
                        "--columns=_uuid",
                        "find",
                        "port_binding",
                        "logical_port=" + port);
        String chassis = ovn.sbctl("--bare", "--columns=_uuid", "find", "chassis", "name=c1");
        ovn.sbctl("set", "port_binding", binding, "chassis=" + chassis, "up=true");
        ovn.nbctl("--timeout=20", "wait-until", "logical_switch_port", port, "up=true");
        while (reconciler.reconcile().changed() == 0) {
            Thread.onSpinWait();
        }
        assertThat(cloud.get(cloud.member, "/ports/" + port).text("/port/status"))
                .isEqualTo("ACTIVE");
    }
}
