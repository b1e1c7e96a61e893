package cloud.welkin.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
class TalkingToAServerTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private GardenServer server;
    private Ovsdb garden;

    @BeforeEach
    void start(@TempDir Path folder) {
        server = new GardenServer(folder);
        garden = Ovsdb.open(settings(server.remote()));
    }

    @AfterEach
    void stop() {
        garden.close();
        server.close();
    }

    private static OvsdbSettings settings(Remote remote) {
        return OvsdbSettings.of(remote, "Garden")
                .replicating("Bed")
                .replicating("Plant", "name", "height")
                .withPatience(LONG);
    }

    private RowId bed(String name) {
        return ((Result.Inserted)
                        garden.transact(new Operation.Insert("Bed", Map.of("name", Value.of(name))))
                                .getFirst())
                .id();
    }

    private Row row(RowId id) {
        return garden.table("Bed").row(id).orElseThrow();
    }

    @Test
    void aCommittedRowIsInTheReplicaWhenTransactReturns() {
        var id = bed("north");

        assertThat(row(id).text("name")).isEqualTo("north");
    }

    @Test
    void columnsThatWereNotGivenHaveTheirDefaults() {
        var row = row(bed("north"));

        assertThat(row.real("area")).isZero();
        assertThat(row.optionalWhole("rank")).isEmpty();
        assertThat(row.truth("sunny")).isFalse();
        assertThat(row.map("labels")).isEmpty();
        assertThat(row.refs("plants")).isEmpty();
        assertThat(row.optionalText("season")).isEmpty();
    }

    @Test
    void setsMapsAndOptionalColumnsFollowEveryChange() {
        var id = bed("north");
        update(id, "tags", Value.texts(List.of("a")));
        update(id, "tags", Value.texts(List.of("b")));
        assertThat(row(id).texts("tags")).containsExactly("b");
        update(id, "tags", Value.texts(List.of("a", "b", "c")));
        mutate(id, Mutation.delete("tags", Value.texts(List.of("a", "b"))));
        assertThat(row(id).texts("tags")).containsExactly("c");
        mutate(id, Mutation.insertPairs("labels", Map.of("x", "1", "y", "2")));
        mutate(
                id,
                Mutation.removeKeys("labels", List.of("x")),
                Mutation.insertPairs("labels", Map.of("x", "3")));
        assertThat(row(id).map("labels")).isEqualTo(Map.of("x", "3", "y", "2"));
        update(id, "rank", Value.of(7));
        update(id, "rank", Value.of(8));
        assertThat(row(id).whole("rank")).isEqualTo(8);
        update(id, "rank", Value.none());
        assertThat(row(id).optionalWhole("rank")).isEmpty();
        update(id, "area", Value.real(2));
        assertThat(row(id).value("area")).isEqualTo(Value.real(2));
    }

    private void update(RowId id, String column, Value value) {
        garden.transact(new Operation.Update("Bed", id, Map.of(column, value)));
    }

    private void mutate(RowId id, Mutation... mutations) {
        garden.transact(new Operation.Mutate("Bed", id, mutations));
    }

    @Test
    void rowsOfOneTransactionReferToEachOtherByName() {
        garden.transact(
                new Operation.Insert(
                        "Plant", Map.of("name", Value.of("oak"), "height", Value.of(9)), "oak"),
                new Operation.Insert(
                        "Bed", Map.of("name", Value.of("wood"), "plants", Value.named("oak"))));

        var plant = garden.table("Bed").named("name", "wood").orElseThrow().refs("plants");
        assertThat(garden.table("Plant").row(plant.iterator().next()).orElseThrow().whole("height"))
                .isEqualTo(9);
    }

    @Test
    void selectsAreAnsweredWithTypedRows() {
        var id = bed("north");

        var results =
                garden.transact(
                        new Operation.Select(
                                "Bed", List.of(Condition.is("name", "north")), List.of("area")));

        assertThat(results)
                .containsExactly(
                        new Result.Selected(List.of(new Row(id, Map.of("area", Value.real(0))))));
    }

    @Test
    void aBrokenConstraintIsNamedAndNothingIsDone() {
        bed("north");

        assertThatThrownBy(
                        () ->
                                garden.transact(
                                        new Operation.Insert(
                                                "Bed", Map.of("name", Value.of("south"))),
                                        new Operation.Insert(
                                                "Bed", Map.of("name", Value.of("north")))))
                .isInstanceOfSatisfying(
                        OvsdbRefusal.class,
                        refusal ->
                                assertThat(refusal.reason())
                                        .isEqualTo(OvsdbRefusal.Reason.CONSTRAINT_VIOLATION));
        assertThat(garden.table("Bed").rows()).hasSize(1);
    }

    @Test
    void aValueOutsideItsColumnsRangeNamesTheOperation() {
        assertThatThrownBy(
                        () ->
                                garden.transact(
                                        new Operation.Comment("first"),
                                        new Operation.Insert(
                                                "Bed",
                                                Map.of(
                                                        "name",
                                                        Value.of("x"),
                                                        "season",
                                                        Value.of("winter")))))
                .isInstanceOfSatisfying(
                        OvsdbRefusal.class,
                        refusal -> {
                            assertThat(refusal.reason())
                                    .isEqualTo(OvsdbRefusal.Reason.CONSTRAINT_VIOLATION);
                            assertThat(refusal.operation()).isEqualTo(1);
                        });
    }

    @Test
    void aWaitThatIsNotMetRefusesTheTransaction() {
        var id = bed("north");

        assertThatThrownBy(
                        () ->
                                garden.transact(
                                        new Operation.Wait(
                                                "Bed",
                                                List.of(Condition.is(id)),
                                                true,
                                                List.of(Map.of("rank", Value.of(3))),
                                                Duration.ZERO),
                                        new Operation.Delete("Bed", id)))
                .isInstanceOfSatisfying(
                        OvsdbRefusal.class,
                        refusal ->
                                assertThat(refusal.reason())
                                        .isEqualTo(OvsdbRefusal.Reason.TIMED_OUT));
        assertThat(row(id).text("name")).isEqualTo("north");
    }

    @Test
    void aTransactionOfTwelveHundredOperationsCommitsAsOne() {
        var operations = new ArrayList<Operation>();
        var plants = new ArrayList<String>();
        for (int i = 0; i < 1_199; i++) {
            plants.add("p" + i);
            operations.add(
                    new Operation.Insert("Plant", Map.of("name", Value.of("plant " + i)), "p" + i));
        }
        operations.add(
                new Operation.Insert(
                        "Bed",
                        Map.of("name", Value.of("field"), "plants", Value.namedRefs(plants))));

        var results = garden.transact(operations);

        assertThat(results).hasSize(1_200);
        assertThat(garden.table("Plant").rows()).hasSize(1_199);
        assertThat(garden.table("Bed").named("name", "field").orElseThrow().refs("plants"))
                .hasSize(1_199);
    }

    @Test
    void anotherClientsChangesWakeWhoWaitsAndTellListeners() throws Exception {
        var events = new LinkedBlockingQueue<Event>();
        try (var other = Ovsdb.open(OvsdbSettings.of(server.tcp(), "Garden"));
                var listening = garden.listen(Set.of("Bed"), events::add)) {
            assertThat(listening).isNotNull();
            var writer =
                    Thread.ofVirtual()
                            .start(
                                    () ->
                                            other.transact(
                                                    new Operation.Insert(
                                                            "Bed",
                                                            Map.of("name", Value.of("south")))));
            var row = garden.awaitRow("Bed", each -> each.text("name").equals("south"), LONG);
            writer.join();

            assertThat(events.poll(30, TimeUnit.SECONDS))
                    .isEqualTo(new Event.Changed(List.of(new Change.Inserted("Bed", row))));
        }
    }

    @Test
    void waitingForWhatDoesNotComeEnds() {
        assertThatThrownBy(() -> garden.awaitRow("Bed", row -> true, Duration.ofMillis(20)))
                .isInstanceOf(OvsdbException.WaitedTooLong.class)
                .hasMessageContaining("Bed");
    }

    @Test
    void aKilledServerThatComesBackIsFoundAndWhatChangedMeanwhileIsTold() throws Exception {
        var id = bed("north");
        var events = new LinkedBlockingQueue<Event>();
        garden.listen(Set.of(), events::add);

        server.kill();
        until(events, Event.Disconnected.class::isInstance);
        assertThat(row(id).text("name")).isEqualTo("north");
        server.start();
        until(events, Event.Connected.class::isInstance);
        update(id, "sunny", Value.of(true));

        assertThat(row(id).truth("sunny")).isTrue();
        until(
                events,
                event ->
                        event instanceof Event.Changed(var changes)
                                && changes.getFirst() instanceof Change.Modified modified
                                && modified.after().truth("sunny"));
    }

    @Test
    void aTransactionWaitsForTheServerToComeBack() throws Exception {
        server.kill();
        garden.await(
                () -> garden.isConnected() ? Optional.empty() : Optional.of(true),
                LONG,
                "disconnection");
        var writer = Thread.ofVirtual().start(() -> bed("late"));
        server.start();
        writer.join();

        assertThat(garden.table("Bed").named("name", "late")).isPresent();
    }

    @Test
    void aServerThatAnswersNothingIsGivenUpAndFoundAgain() throws Exception {
        try (var impatient =
                Ovsdb.open(settings(server.remote()).withProbe(Duration.ofMillis(100)))) {
            var events = new LinkedBlockingQueue<Event>();
            impatient.listen(Set.of(), events::add);
            server.signal("STOP");
            until(events, Event.Disconnected.class::isInstance);
            assertThatThrownBy(
                            () ->
                                    impatient.transact(
                                            List.of(new Operation.Comment("x")),
                                            Duration.ofMillis(50)))
                    .isInstanceOf(OvsdbException.class);
            server.signal("CONT");
            until(events, Event.Connected.class::isInstance);
        }
    }

    @Test
    void aServerIsNotTakenForSilentWhileAReaderOfTheReplicaTakesItsTime() throws Exception {
        var probe = Duration.ofMillis(50);
        try (var watched = Ovsdb.open(settings(server.remote()).withProbe(probe))) {
            var events = new LinkedBlockingQueue<Event>();
            watched.listen(Set.of(), events::add);
            // An update comes in while the replica is being read: handling it has to wait.
            var lost =
                    watched.read(
                            () -> {
                                bed("north");
                                return next(events, probe.multipliedBy(20));
                            });

            assertThat(lost).isEmpty();
            watched.awaitRow("Bed", row -> row.text("name").equals("north"), LONG);
            assertThat(events).noneMatch(Event.Disconnected.class::isInstance);
        }
    }

    private static Optional<Event> next(LinkedBlockingQueue<Event> events, Duration patience) {
        try {
            return Optional.ofNullable(events.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aColumnThatTheServerLacksIsRefusedAtOnce() {
        assertThatThrownBy(
                        () ->
                                Ovsdb.open(
                                        OvsdbSettings.of(server.remote(), "Garden")
                                                .replicating("Bed", "colour")))
                .isInstanceOf(OvsdbException.Incompatible.class)
                .hasMessageContaining("colour");
    }

    private static void until(LinkedBlockingQueue<Event> events, Predicate<Event> wanted)
            throws InterruptedException {
        for (var event = events.poll(30, TimeUnit.SECONDS);
                ;
                event = events.poll(30, TimeUnit.SECONDS)) {
            assertThat(event).as("the event that is waited for").isNotNull();
            if (wanted.test(java.util.Objects.requireNonNull(event))) {
                return;
            }
        }
    }
}
