package cloud.welkin.volume.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class VolumeStatusTest {
    @Test
    void everyStateHasAWayOut() {
        for (VolumeStatus status : VolumeStatus.values()) {
            EnumSet<VolumeStatus> reached = EnumSet.noneOf(VolumeStatus.class);
            reach(status, reached);
            assertThat(reached).as(status.word()).contains(VolumeStatus.DELETING);
        }
    }

    private static void reach(VolumeStatus from, EnumSet<VolumeStatus> reached) {
        if (reached.add(from)) {
            from.next().forEach(next -> reach(next, reached));
        }
    }

    @Test
    void wordsAreCindersAndComeBack() {
        assertThat(VolumeStatus.IN_USE.word()).isEqualTo("in-use");
        for (VolumeStatus status : VolumeStatus.values()) {
            assertThat(VolumeStatus.of(status.word())).isEqualTo(status);
        }
    }

    @Test
    void aVolumeAttachedAnywhereIsInUse() {
        assertThat(Binding.statusOf(List.of())).isEqualTo(VolumeStatus.AVAILABLE);
        assertThat(Binding.statusOf(List.of(Binding.Status.RESERVED)))
                .isEqualTo(VolumeStatus.RESERVED);
        assertThat(Binding.statusOf(List.of(Binding.Status.RESERVED, Binding.Status.ATTACHED)))
                .isEqualTo(VolumeStatus.IN_USE);
        assertThat(Binding.statusOf(List.of(Binding.Status.DETACHING)))
                .isEqualTo(VolumeStatus.DETACHING);
    }
}
