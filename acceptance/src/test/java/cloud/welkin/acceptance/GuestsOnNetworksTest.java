package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

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

    @Test
    void guestsTakeIpv6AddressesToo() {
        try (Scene scene = new Scene(cloud, "10.83.0.0/24")) {
            cloud.rest()
                    .make(
                            "/network/v2.0/subnets",
                            """
                            {"subnet": {"network_id": "%s", "ip_version": 6, "cidr": "fd83::/64",
                             "ipv6_ra_mode": "dhcpv6-stateful", "ipv6_address_mode": "dhcpv6-stateful"}}
                            """
                                    .formatted(scene.network()));
            String router =
                    scene.first(
                            "/network/v2.0/ports?device_owner=network:router_interface&network_id="
                                    + scene.network(),
                            "ports");
            String routerId =
                    cloud.rest()
                            .get("/network/v2.0/ports/" + router)
                            .json()
                            .at("/port/device_id")
                            .asString("");
            String subnet =
                    scene.first(
                            "/network/v2.0/subnets?ip_version=6&network_id=" + scene.network(),
                            "subnets");
            String body = "{\"subnet_id\": \"" + subnet + "\"}";
            cloud.rest()
                    .put("/network/v2.0/routers/" + routerId + "/add_router_interface", body)
                    .expect(200);
            Server server = scene.server("").awaited("ACTIVE");
            Guest guest = scene.reached(server).answering();
            Await.until(
                    "the guest has " + server.address(6),
                    Duration.ofMinutes(1),
                    () -> guest.attempt("ip -6 addr show").out().contains(server.address(6)));
            server.delete();
            cloud.rest()
                    .put("/network/v2.0/routers/" + routerId + "/remove_router_interface", body)
                    .expect(200);
        }
    }

    private Command.Output page(Guest guest) {
        return cloud.inside("curl", "-sf", "-m", "3", "http://" + guest.address() + ":8000/").run();
    }
}
