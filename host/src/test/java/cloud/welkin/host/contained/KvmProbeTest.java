package cloud.welkin.host.contained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
class KvmProbeTest {

    @TempDir private Path home;

    @BeforeEach
    void kvm() {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "no /dev/kvm");
    }

    @Test
    void withoutAKernelToTryNothingIsProvenAndNothingKept() {
        assertThat(KvmProbe.with(home, Optional.empty()).works()).isFalse();
        assertThat(home.resolve("host/kvm")).doesNotExist();
    }

    @Test
    void whatIsNoKernelDoesNotBootAndThatIsKept() throws IOException {
        var kernel = Files.writeString(home.resolve("kernel"), "not a kernel");

        assertThat(KvmProbe.with(home, Optional.of(kernel)).works()).isFalse();
        assertThat(home.resolve("host/kvm")).content().endsWith("false\n");
    }

    @Test
    void aKeptAnswerHoldsForThisKernelOnly() throws IOException {
        var kernel = Files.writeString(home.resolve("kernel"), "not a kernel");
        var release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        Files.createDirectories(home.resolve("host"));

        Files.writeString(home.resolve("host/kvm"), release + " true\n");
        assertThat(KvmProbe.with(home, Optional.of(kernel)).works()).isTrue();
        Files.writeString(home.resolve("host/kvm"), "1.2.3 true\n");
        assertThat(KvmProbe.with(home, Optional.of(kernel)).works()).isFalse();
    }

    @Test
    void theFactsOfAHostAreReadFromTheMachine() {
        var facts = HostFacts.of("main", home, KvmProbe.with(home, Optional.empty()));

        assertThat(facts.cpus()).isPositive();
        assertThat(facts.memory()).isGreaterThan(1L << 28);
        assertThat(facts.disk()).isGreaterThanOrEqualTo(facts.diskFree());
        assertThat(facts.hypervisorType()).isEqualTo("QEMU");
        assertThat(facts.hypervisorVersion()).isGreaterThan(2_000_000);
    }
}
