package cloud.welkin.object.work;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.object.store.Soundness;
import java.util.List;
import java.util.function.Function;

/** What must hold between the rows of objects, and between them and their bodies. */
public final class ObjectInvariants {
    private static final String SERVICE = "object";

    private final Database database;
    private final Soundness rows;
    private final Scrub scrub;

    public ObjectInvariants(Database database, Soundness rows, Scrub scrub) {
        this.database = database;
        this.rows = rows;
        this.scrub = scrub;
    }

    public List<Invariant> all() {
        return List.of(
                new Invariant(
                        "the usage of every container is what is in it",
                        SERVICE,
                        "Quotas and bills go by it.",
                        () ->
                                found(
                                        rows::wronglyCounted,
                                        "The container %s",
                                        "Report it: the triggers of the table objects count.")),
                new Invariant(
                        "every part is of an upload, an object or a version",
                        SERVICE,
                        "A part of nothing takes space for good.",
                        () ->
                                found(
                                        rows::partsOfNothing,
                                        "The parts of %s are of nothing",
                                        "Report it: the triggers of the table objects free them.")),
                new Invariant(
                        "every object in parts has all of them",
                        SERVICE,
                        "An object without a part cannot be read.",
                        () ->
                                found(
                                        rows::withoutTheirParts,
                                        "The object %s lacks a part",
                                        "Restore the database, or upload the object again.")),
                new Invariant(
                        "every body that was scrubbed is what was written",
                        SERVICE,
                        "A damaged body is refused to its readers.",
                        this::damaged));
    }

    private List<Finding> found(Function<Tx, List<String>> look, String wrong, String heals) {
        return database.read(look).stream()
                .map(it -> new Finding(wrong.formatted(it), List.of(it), heals))
                .toList();
    }

    private List<Finding> damaged() {
        return scrub.damaged().stream()
                .map(
                        it ->
                                new Finding(
                                        it,
                                        List.of(it),
                                        "Look at the disk; restore the body's file or segment, or"
                                                + " upload the object again."))
                .toList();
    }
}
