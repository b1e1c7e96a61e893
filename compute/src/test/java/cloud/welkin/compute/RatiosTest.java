package cloud.welkin.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of a host is given away is the operator's to say. */
class RatiosTest {
    @TempDir Path home;

    @Test
    void hostsAreKnownToPlacementWithTheOperatorsRatios() {
        var ratios = new GuestDesk.Ratios(4.0, 1.5, 2.0, 1024);
        try (CloudFixture cloud =
                new CloudFixture(home, 1, ComputeService.Options.USUAL.withRatios(ratios))) {
            String provider =
                    cloud.api
                            .get("/placement/resource_providers")
                            .by(cloud.admin)
                            .send()
                            .text("/resource_providers/0/uuid");
            var inventories =
                    cloud.api
                            .get("/placement/resource_providers/" + provider + "/inventories")
                            .by(cloud.admin)
                            .send()
                            .expect(200);
            assertThat(inventories.text("/inventories/VCPU/allocation_ratio")).isEqualTo("4.0");
            assertThat(inventories.text("/inventories/MEMORY_MB/allocation_ratio"))
                    .isEqualTo("1.5");
            assertThat(inventories.text("/inventories/MEMORY_MB/reserved")).isEqualTo("1024");
            assertThat(inventories.text("/inventories/DISK_GB/allocation_ratio")).isEqualTo("2.0");
        }
    }
}
