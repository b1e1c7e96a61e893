package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RealCloud
class GuestsOnNetworksTest {
    private final CloudUnderTest cloud;

    GuestsOnNetworksTest(CloudUnderTest cloud) {
        this.cloud = cloud;
    }

    @Test
    void twoGuestsOnOneNetworkReachEachOtherAndTheWorldReachesThemByFloatingIp() {
        try (Scene scene = new Scene(cloud, "10.81.0.0/24")) {
            Server one = scene.server("");
            Server two = scene.server("");
            Guest guest = scene.reached(one.awaited("ACTIVE")).answering();
            two.awaited("ACTIVE").awaitConsole("welkin-guest ready");
            assertThat(guest.pings()).isTrue();
            assertThat(guest.attempt("ping -c 2 -W 5 " + two.address(4)).ok()).isTrue();
            assertThat(guest.run("hostname")).isEqualTo(one.name());
        }
    }

    @Test
    void aSecurityGroupBlocksUntilARuleAllows() {
        try (Scene scene = new Scene(cloud, "10.82.0.0/24")) {
            Server server =
                    scene.server(
                            Scene.userData(
                                    "#!/bin/sh\nmkdir -p /tmp/www; echo served > /tmp/www/index.html; busybox httpd -p 8000 -h /tmp/www\n"));
            Guest guest = scene.reached(server.awaited("ACTIVE")).answering();
            Await.until(
                    "the web server runs inside",
                    Duration.ofSeconds(30),
                    () -> guest.attempt("busybox nc -w 2 127.0.0.1 8000 < /dev/null").ok());
            assertThat(page(guest).ok()).as("nothing lets port 8000 in").isFalse();
            String rule =
                    scene.allow(
                            "\"protocol\": \"tcp\", \"port_range_min\": 8000, \"port_range_max\": 8000");
            Await.until(
                    "port 8000 is open",
                    Duration.ofSeconds(20),
                    () -> page(guest).out().contains("served"));
            cloud.rest().delete("/network/v2.0/security-group-rules/" + rule).expect(204);
            Await.until("port 8000 is closed", Duration.ofSeconds(20), () -> !page(guest).ok());
            assertThat(guest.pings()).isTrue();
        }
    }

    private static void awaitAddress(Guest guest, String address) {
        Await.until(
                "the guest has " + address,
                Duration.ofMinutes(2),
                () -> guest.attempt("ip -6 addr show").out().contains(address));
    }

    @ParameterizedTest
    @ValueSource(strings = {"slaac", "dhcpv6-stateful"})
    void guestsTakeTheirIpv6AddressesAndAskForMetadataThere(String mode) {
        try (Scene scene = new Scene(cloud, "10.83.0.0/24")) {
            scene.allow("\"ethertype\": \"IPv6\", \"protocol\": \"ipv6-icmp\"");
            routed(scene, subnet(scene, mode));
            Server one = scene.server("").awaited("ACTIVE");
            Server two = scene.server("").awaited("ACTIVE");
            Guest guest = scene.reached(one).answering();
            Guest other = scene.reached(two).answering();
            awaitAddress(guest, one.address(6));
            awaitAddress(other, two.address(6));
            Await.until(
                    "one reaches two over IPv6",
                    Duration.ofMinutes(1),
                    () -> guest.attempt("ping -6 -c 1 -W 3 " + two.address(6)).ok());
            assertThat(metadata(guest)).contains(one.id()).doesNotContain(two.id());
            assertThat(metadata(other)).contains(two.id()).doesNotContain(one.id());
            one.delete();
            two.delete();
        }
    }

    /** Over IPv6's link-local address, which needs neither a router nor a lease. */
    private static String metadata(Guest guest) {
        return guest.run(
                "printf 'GET /openstack/latest/meta_data.json HTTP/1.0\\r\\n\\r\\n' | nc -w 5 fe80::a9fe:a9fe%eth0 80");
    }

    private String subnet(Scene scene, String mode) {
        return cloud.rest()
                .make(
                        "/network/v2.0/subnets",
                        """
                        {"subnet": {"network_id": "%s", "ip_version": 6, "cidr": "fd83::/64",
                         "ipv6_ra_mode": "%s", "ipv6_address_mode": "%s"}}
                        """
                                .formatted(scene.network(), mode, mode))
                .path("id")
                .asString("");
    }

    private void routed(Scene scene, String subnet) {
        String port =
                scene.first(
                        "/network/v2.0/ports?device_owner=network:router_interface&network_id="
                                + scene.network(),
                        "ports");
        String router =
                cloud.rest()
                        .get("/network/v2.0/ports/" + port)
                        .json()
                        .at("/port/device_id")
                        .asString("");
        scene.interfaceOf(router, subnet);
    }

    private Command.Output page(Guest guest) {
        return cloud.inside("curl", "-sf", "-m", "3", "http://" + guest.address() + ":8000/").run();
    }
}
