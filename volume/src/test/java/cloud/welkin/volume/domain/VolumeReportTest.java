package cloud.welkin.volume.domain;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.host.ObservedGuest.Fault;
import cloud.welkin.kernel.host.ObservedVolume;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VolumeReportTest {
    private static final String MISSING = "The volume's data is missing.";

    @Test
    void lostDataOfAVolumeThatAServerHasIsToldOnceAndKeepsItsState() {
        for (VolumeStatus status : VolumeStatus.values()) {
            if (status.ofServer()) {
                assertThat(VolumeReport.decide(volume(status, ""), missing()))
                        .isEqualTo(new VolumeReport.Lost(MISSING));
                assertThat(VolumeReport.decide(volume(status, MISSING), missing()))
                        .isEqualTo(new VolumeReport.Nothing());
            }
        }
    }

    @Test
    void lostDataOfAnAvailableVolumeIsAnError() {
        assertThat(VolumeReport.decide(volume(VolumeStatus.AVAILABLE, ""), missing()))
                .isEqualTo(new VolumeReport.Failed(VolumeStatus.ERROR, MISSING));
    }

    private static ObservedVolume missing() {
        return new ObservedVolume(
                new UUID(0, 1),
                2,
                Optional.empty(),
                Optional.of(new Fault("VolumeMissing", MISSING, "no file", false)));
    }

    private static Volume volume(VolumeStatus status, String fault) {
        return new Volume(
                new UUID(0, 1),
                "p",
                "u",
                Optional.empty(),
                Optional.empty(),
                1,
                1,
                status,
                new UUID(0, 2),
                VolumeType.DEFAULT,
                "nova",
                false,
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Map.of(),
                Optional.of("host"),
                Optional.of("/volumes/1"),
                fault,
                2,
                2,
                Instant.EPOCH,
                Instant.EPOCH);
    }
}
