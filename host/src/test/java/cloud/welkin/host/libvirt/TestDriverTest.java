package cloud.welkin.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import cloud.welkin.host.libvirt.DomainState.PausedReason;
import cloud.welkin.host.libvirt.DomainState.RunningReason;
import cloud.welkin.host.libvirt.DomainState.ShutOffReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The binding against libvirt's own test driver: the real library, no daemon. */
@Tag("engine")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TestDriverTest {

    private Connection connection = Connection.open("test:///default");

    @BeforeEach
    void everyTestHasItsOwnDomains() {
        for (Domain domain : connection.domains()) {
            if (!domain.name().equals("test")) {
                remove(domain);
            }
            domain.close();
        }
    }

    @AfterEach
    void close() {
        connection.close();
    }

    @Test
    void aDomainLivesFromDefinitionToItsEnd() {
        try (Domain domain = connection.define(TestXml.domain("life"))) {
            assertThat(domain.state()).isEqualTo(new DomainState.ShutOff(ShutOffReason.UNKNOWN));
            assertThat(domain.isPersistent()).isTrue();
            domain.start();
            assertThat(domain.state()).isEqualTo(new DomainState.Running(RunningReason.BOOTED));
            domain.suspend();
            assertThat(domain.state()).isEqualTo(new DomainState.Paused(PausedReason.USER));
            domain.resume();
            assertThat(domain.state()).isEqualTo(new DomainState.Running(RunningReason.UNPAUSED));
            domain.destroy();
            assertThat(domain.state())
                    .isEqualTo(new DomainState.ShutOff(ShutOffReason.DESTROYED));
            domain.undefine(Set.of());
            assertThat(connection.find("life")).isEmpty();
        }
    }

    @Test
    void aDomainIsFoundByNameAndByUuidAndInTheList() {
        try (Domain domain = connection.define(TestXml.domain("found"));
                Domain byName = connection.find("found").orElseThrow();
                Domain byUuid = connection.find(domain.uuid()).orElseThrow();
                DomainList all = connection.domains()) {
            assertThat(byName.uuid()).isEqualTo(domain.uuid());
            assertThat(byUuid.name()).isEqualTo("found");
            assertThat(all.stream().map(Domain::name)).contains("found", "test");
        }
        assertThat(connection.find(UUID.randomUUID())).isEmpty();
    }

    @Test
    void theDescriptionIsReadAndSizesAreChanged() {
        try (Domain domain = connection.define(TestXml.domain("sizes"))) {
            domain.start();
            domain.setMemory(32 << 10, Scope.LIVE);
            assertThat(domain.info().memoryKib()).isEqualTo(32 << 10);
            assertThat(domain.info().maxMemoryKib()).isEqualTo(64 << 10);
            assertThat(domain.info().vcpus()).isEqualTo(2);
            assertThat(domain.liveXml()).contains("<name>sizes</name>").contains("id='");
            assertThat(domain.definitionXml()).contains("<name>sizes</name>").doesNotContain("id='");
            domain.destroy();
        }
    }

    @Test
    void metadataIsKeptInOurNamespace() {
        try (Domain domain = connection.define(TestXml.domain("metadata"))) {
            assertThat(domain.metadata(Scope.CONFIG)).isEmpty();
            domain.setMetadata("<server id='7'/>", Scope.CONFIG);
            assertThat(domain.metadata(Scope.CONFIG)).contains("<server id=\"7\"/>");
            assertThat(domain.definitionXml()).contains(Domain.METADATA_NAMESPACE);
            domain.removeMetadata(Scope.CONFIG);
            assertThat(domain.metadata(Scope.CONFIG)).isEmpty();
        }
    }

    @Test
    void managedSaveIsRestoredByTheNextStart() {
        try (Domain domain = connection.define(TestXml.domain("saved"))) {
            domain.start();
            domain.managedSave();
            assertThat(domain.hasManagedSave()).isTrue();
            assertThat(domain.state()).isEqualTo(new DomainState.ShutOff(ShutOffReason.SAVED));
            domain.start();
            assertThat(domain.hasManagedSave()).isFalse();
            domain.destroy();
        }
    }

    @Test
    void theHostIsDescribed() {
        assertThat(connection.nodeInfo().model()).isEqualTo("i686");
        assertThat(connection.nodeInfo().cpus()).isEqualTo(16);
        assertThat(connection.freeMemory()).isPositive();
        assertThat(connection.capabilities()).contains("<capabilities>");
        assertThat(connection.hostname()).isNotEmpty();
        assertThat(connection.uri()).isEqualTo("test:///default");
        assertThat(connection.hypervisorVersion()).isEqualTo(new Version(0, 0, 2));
        assertThat(connection.daemonVersion()).isEqualTo(Libvirt.version());
        assertThat(connection.isAlive()).isTrue();
    }

    @Test
    void bulkStatisticsAreRecords() {
        try (Domain domain = connection.define(TestXml.domain("statistics"))) {
            domain.start();
            DomainStatistics statistics =
                    connection.statistics(List.of(DomainStatistics.Group.STATE)).stream()
                            .filter(one -> one.uuid().equals(domain.uuid()))
                            .findFirst()
                            .orElseThrow();
            assertThat(statistics.name()).isEqualTo("statistics");
            assertThat(statistics.state()).isEqualTo(domain.state());
            domain.destroy();
        }
    }

    @Test
    void aScreenshotIsAStreamOfTheDriver() {
        try (Domain domain = connection.find("test").orElseThrow()) {
            Screenshot screenshot = domain.console().screenshot(0);
            assertThat(screenshot.mimeType()).isEqualTo("image/png");
            assertThat(screenshot.image()).startsWith(0x89, 'P', 'N', 'G');
        }
    }

    @Test
    void failuresHaveACode() {
        assertFails(() -> connection.define("<domain type='test'/>"), ErrorCode.NO_NAME);
        assertFails(() -> connection.define("no xml"), ErrorCode.XML_MALFORMED);
        try (Domain domain = connection.define(TestXml.domain("failures"))) {
            domain.start();
            assertFails(domain::resume, ErrorCode.OPERATION_INVALID);
            assertFails(() -> domain.agent().command("{}", java.time.Duration.ofSeconds(1)), ErrorCode.NO_SUPPORT);
            domain.destroy();
            domain.undefine(Set.of());
            assertFails(domain::state, ErrorCode.NO_DOMAIN);
        }
        assertFails(() -> Connection.open("nosuch:///system"), ErrorCode.NO_CONNECT);
    }

    @Test
    void aFailureNamesItsPartOfLibvirtAndItsCaller() {
        assertThatThrownBy(() -> connection.define("no xml"))
                .asInstanceOf(type(LibvirtException.class))
                .satisfies(
                        failure -> {
                            assertThat(failure.number()).isEqualTo(35);
                            assertThat(failure.domain()).isNotEqualTo(ErrorDomain.NONE);
                            assertThat(failure).hasMessageContaining("Start tag expected");
                            assertThat(failure.getStackTrace())
                                    .anyMatch(
                                            frame ->
                                                    frame.getMethodName()
                                                            .contains("aFailureNames"));
                        });
    }

    @Test
    void whatIsClosedIsRefused() {
        Domain domain = connection.find("test").orElseThrow();
        domain.close();
        domain.close();
        assertFails(domain::state, ErrorCode.CLOSED);
        Domain forgotten = connection.find("test").orElseThrow();
        connection.close();
        connection.close();
        assertFails(forgotten::state, ErrorCode.CLOSED);
        assertFails(connection::hostname, ErrorCode.CLOSED);
        assertThat(connection.isAlive()).isFalse();
    }

    @Test
    void aHundredVirtualThreadsGetTheirOwnErrorsAndResults() throws Exception {
        List<Future<Optional<String>>> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                String name = "parallel-" + i;
                results.add(threads.submit(() -> life(name)));
            }
        }
        for (int i = 0; i < results.size(); i++) {
            assertThat(results.get(i).get().orElseThrow()).contains("parallel-" + i + "'");
        }
        assertThat(connection.openReferences()).isZero();
    }

    /** Returns the message of an error that names the domain. */
    private Optional<String> life(String name) {
        try (Domain domain = connection.define(TestXml.domain(name))) {
            domain.start();
            assertThat(domain.state().isActive()).isTrue();
            try {
                connection.define(
                        TestXml.domain(name).replace("</name>", "</name><uuid>" + UUID.randomUUID() + "</uuid>"));
                return Optional.empty();
            } catch (LibvirtException refused) {
                return Optional.ofNullable(refused.getMessage());
            } finally {
                domain.destroy();
                domain.undefine(Set.of());
            }
        }
    }

    @Test
    void tenThousandLookupsLeaveNothing() throws Exception {
        lookups(10_000);
        long before = ResidentMemory.kibibytes();
        lookups(10_000);
        long first = ResidentMemory.kibibytes();
        lookups(30_000);
        assertThat(connection.openReferences()).isZero();
        // A leak grows with the calls: the XML of one domain is over 1 KiB, so 30,000 are over 30 MiB.
        assertThat(ResidentMemory.kibibytes() - Math.min(before, first)).isLessThan(24 << 10);
    }

    private void lookups(int count) {
        for (int i = 0; i < count; i++) {
            try (Domain domain = connection.find("test").orElseThrow()) {
                assertThat(domain.liveXml()).isNotEmpty();
            }
        }
    }

    static void assertFails(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .asInstanceOf(type(LibvirtException.class))
                .extracting(LibvirtException::code)
                .isEqualTo(code);
    }

    private static void remove(Domain domain) {
        if (domain.state().isActive()) {
            domain.destroy();
        }
        domain.undefine(Set.of(UndefineFlag.MANAGED_SAVE, UndefineFlag.SNAPSHOTS_METADATA));
    }
}
