package cloud.welkin.network.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CuttingTest {
    private static List<Cidr> blocks(String... texts) {
        return Arrays.stream(texts).map(Cidr::of).toList();
    }

    @Test
    void neighboursAndWhatIsWithinOthersBecomeOneBlock() {
        assertThat(Cutting.compact(blocks("10.0.1.0/24", "10.0.0.0/24", "10.0.0.128/25")))
                .containsExactly(Cidr.of("10.0.0.0/23"));
        assertThat(Cutting.compact(blocks("10.0.1.0/24", "10.0.2.0/24")))
                .isEqualTo(blocks("10.0.1.0/24", "10.0.2.0/24"));
        assertThat(Cutting.compact(blocks("0.0.0.0/1", "128.0.0.0/1")))
                .containsExactly(Cidr.of("0.0.0.0/0"));
    }

    @Test
    void theFirstOfTheSmallestGapIsCut() {
        assertThat(Cutting.next(blocks("10.0.0.0/16"), List.of(), 24))
                .contains(Cidr.of("10.0.0.0/24"));
        assertThat(Cutting.next(blocks("10.0.0.0/16"), blocks("10.0.0.0/25"), 26))
                .contains(Cidr.of("10.0.0.128/26"));
        assertThat(Cutting.next(blocks("10.0.0.0/24"), blocks("10.0.0.64/26"), 25))
                .contains(Cidr.of("10.0.0.128/25"));
    }

    @Test
    void aFullPoolHasNothingLeft() {
        assertThat(Cutting.next(blocks("10.0.0.0/24"), blocks("10.0.0.64/26"), 24)).isEmpty();
        assertThat(Cutting.next(blocks("10.0.0.0/24"), blocks("10.0.0.0/16"), 28)).isEmpty();
        assertThat(Cutting.next(blocks("10.0.0.0/24"), List.of(), 23)).isEmpty();
    }

    @Test
    void quotaCountsAddressesOfFourAndSixtyFoursOfSix() {
        assertThat(Cutting.units(Cidr.of("10.0.0.0/24"))).isEqualTo(BigInteger.valueOf(256));
        assertThat(Cutting.units(Cidr.of("fd00::/60"))).isEqualTo(BigInteger.valueOf(16));
        assertThat(Cutting.units(Cidr.of("fd00::/80"))).isEqualTo(BigInteger.ONE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whateverIsCutIsInThePoolAndOverlapsNothing(long seed) {
        Random random = new Random(seed);
        List<Cidr> pool = blocks("10.0.0.0/22", "10.1.0.0/24");
        List<Cidr> taken = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Optional<Cidr> next = Cutting.next(pool, taken, 24 + random.nextInt(9));
            next.ifPresent(
                    block -> {
                        assertThat(Cutting.isFree(pool, taken, block)).as("seed %d", seed).isTrue();
                        taken.add(block);
                    });
            if (!taken.isEmpty() && random.nextInt(3) == 0) {
                taken.remove(random.nextInt(taken.size()));
            }
        }
    }
}
