package cloud.welkin.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import cloud.welkin.host.libvirt.DomainState.PausedReason;
import cloud.welkin.host.libvirt.DomainState.RunningReason;
import cloud.welkin.host.libvirt.DomainState.ShutOffReason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
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
            assertThat(domain.state()).isEqualTo(new DomainState.ShutOff(ShutOffReason.DESTROYED));
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
            assertThat(domain.definitionXml())
                    .contains("<name>sizes</name>")
                    .doesNotContain("id='");
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
            assertFails(
                    () -> domain.agent().command("{}", Duration.ofSeconds(1)),
                    ErrorCode.NO_SUPPORT);
            domain.destroy();
            assertFails(() -> domain.setVcpus(1, Scope.LIVE), ErrorCode.OPERATION_INVALID);
            domain.undefine(Set.of());
            assertFails(domain::state, ErrorCode.NO_DOMAIN);
        }
        assertFails(
                () -> Connection.open("qemu+unix:///system?socket=/nonexistent/sock"),
                ErrorCode.SYSTEM_ERROR);
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
                        TestXml.domain(name)
                                .replace(
                                        "</name>",
                                        "</name><uuid>" + UUID.randomUUID() + "</uuid>"));
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
    void tensOfThousandsOfLookupsLeaveNothing() throws Exception {
        Process loop =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+UseSerialGC",
                                "-XX:+AlwaysPreTouch",
                                "-Xms64m",
                                "-Xmx64m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LookupLoop.class.getName())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String grown = new String(loop.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(loop.waitFor()).isZero();
        // The XML of one domain is over 1 KiB: 40,000 leaked ones were over 40 MiB.
        assertThat(Long.parseLong(grown.strip())).isLessThan(16 << 10);
    }

    @Test
    void closedReferencesAreForgotten() {
        for (int i = 0; i < 100; i++) {
            try (DomainList all = connection.domains()) {
                assertThat(connection.openReferences()).isEqualTo(all.size());
            }
        }
        assertThat(connection.openReferences()).isZero();
    }

    @Test
    void nothingIsPrintedWhenACallFails() throws Exception {
        // The error function is process-wide: libvirt prints to the real stderr, not to System.err.
        Process failing =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                FailingCall.class.getName())
                        .start();
        String printed =
                new String(failing.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(failing.waitFor()).isZero();
        assertThat(printed).doesNotContain("libvirt:");
    }

    @Test
    void lifecycleEventsArriveInOrderWithTheirReasons() throws Exception {
        BlockingQueue<LibvirtEvent> events = new LinkedBlockingQueue<>();
        try (Subscription _ = connection.subscribe(events::add);
                Domain domain = connection.define(TestXml.domain("events"))) {
            domain.start();
            domain.suspend();
            domain.resume();
            domain.destroy();
            domain.undefine(Set.of());
            for (LifecycleChange expected :
                    List.of(
                            LifecycleChange.DEFINED_ADDED,
                            LifecycleChange.STARTED_BOOTED,
                            LifecycleChange.SUSPENDED_PAUSED,
                            LifecycleChange.RESUMED_UNPAUSED,
                            LifecycleChange.STOPPED_DESTROYED,
                            LifecycleChange.UNDEFINED_REMOVED)) {
                assertThat(events.take())
                        .isEqualTo(new DomainEvent.Lifecycle(domain.uuid(), "events", expected));
            }
        }
    }

    @Test
    void aListenerMayCallBlockAndThrow() throws Exception {
        BlockingQueue<Boolean> active = new LinkedBlockingQueue<>();
        try (Subscription _ =
                        connection.subscribe(
                                event -> {
                                    try (Domain domain = connection.find("calls").orElseThrow()) {
                                        active.add(domain.state().isActive());
                                    }
                                    throw new IllegalStateException("a listener's own failure");
                                });
                Domain domain = connection.define(TestXml.domain("calls"))) {
            assertThat(active.take()).isFalse();
            domain.start();
            assertThat(active.take()).isTrue();
            domain.destroy();
        }
    }

    @Test
    void aSlowListenerIsToldHowMuchItMissed() throws Exception {
        connection.close();
        connection =
                Connection.open(
                        "test:///default", new ConnectionSettings(Duration.ZERO, 1, 1, 1, 1));
        BlockingQueue<LibvirtEvent> seen = new LinkedBlockingQueue<>();
        CountDownLatch go = new CountDownLatch(1);
        try (Subscription slow =
                        connection.subscribe(
                                event -> {
                                    seen.add(event);
                                    try {
                                        go.await();
                                    } catch (InterruptedException closed) {
                                        Thread.currentThread().interrupt();
                                    }
                                });
                Domain domain = connection.define(TestXml.domain("slow"))) {
            assertThat(seen.take()).isInstanceOf(DomainEvent.Lifecycle.class);
            for (int i = 0; i < 3; i++) {
                domain.start();
                domain.destroy();
            }
            while (slow.lost() == 0) {
                Thread.onSpinWait();
            }
            go.countDown();
            LibvirtEvent event = seen.take();
            while (!(event instanceof LibvirtEvent.EventsLost)) {
                event = seen.take();
            }
            assertThat(((LibvirtEvent.EventsLost) event).count()).isPositive();
        }
    }

    static void assertFails(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code) {
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
