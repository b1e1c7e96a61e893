package cloud.welkin.object.store;

import static cloud.welkin.object.schema.Tables.OBJECTS;
import static cloud.welkin.object.schema.Tables.PARTS;
import static cloud.welkin.object.schema.Tables.VERSIONS;
import static org.jooq.impl.DSL.row;

import cloud.welkin.database.Tx;
import cloud.welkin.object.engine.Locator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.impl.DSL;

/** All bodies that rows name, whatever they are of. */
public final class BodyTable {
    /** What bodies are of, in the order in which they are gone through. */
    public enum Kind {
        OBJECT,
        VERSION,
        PART;

        /** The one that comes behind it, round and round. */
        public Kind next() {
            return switch (this) {
                case OBJECT -> VERSION;
                case VERSION -> PART;
                case PART -> OBJECT;
            };
        }
    }

    /**
     * A body and whose it is.
     *
     * @param container of the object or version; zero for a part
     * @param name of the object or version; empty for a part
     * @param id of the state, or of the upload that a part is of
     * @param number of the part; zero for others
     */
    public record Named(
            Kind kind,
            long container,
            String name,
            UUID id,
            int number,
            String policy,
            Locator locator,
            long length) {
        @Override
        public String toString() {
            return switch (kind) {
                case OBJECT -> "object " + name + " in container " + container;
                case VERSION -> "version " + id + " of " + name + " in container " + container;
                case PART -> "part " + number + " of upload " + id;
            };
        }
    }

    private static final UUID FIRST = new UUID(0, 0);

    /** The bodies of a kind behind one of them. */
    public List<Named> after(Tx tx, Kind kind, Optional<Named> last, int most) {
        long container = last.map(Named::container).orElse(-1L);
        String name = last.map(Named::name).orElse("");
        UUID id = last.map(Named::id).orElse(FIRST);
        return switch (kind) {
            case OBJECT ->
                    tx.sql()
                            .select(
                                    OBJECTS.CONTAINER,
                                    OBJECTS.NAME,
                                    OBJECTS.ID,
                                    DSL.inline(0),
                                    OBJECTS.POLICY,
                                    OBJECTS.LOCATOR,
                                    OBJECTS.LENGTH)
                            .from(OBJECTS)
                            .where(row(OBJECTS.CONTAINER, OBJECTS.NAME).gt(container, name))
                            .and(OBJECTS.LOCATOR.isNotNull())
                            .orderBy(OBJECTS.CONTAINER, OBJECTS.NAME)
                            .limit(most)
                            .fetch(it -> named(kind, it));
            case VERSION ->
                    tx.sql()
                            .select(
                                    VERSIONS.CONTAINER,
                                    VERSIONS.NAME,
                                    VERSIONS.ID,
                                    DSL.inline(0),
                                    VERSIONS.POLICY,
                                    VERSIONS.LOCATOR,
                                    VERSIONS.LENGTH)
                            .from(VERSIONS)
                            .where(
                                    row(VERSIONS.CONTAINER, VERSIONS.NAME, VERSIONS.ID)
                                            .gt(container, name, id))
                            .and(VERSIONS.LOCATOR.isNotNull())
                            .orderBy(VERSIONS.CONTAINER, VERSIONS.NAME, VERSIONS.ID)
                            .limit(most)
                            .fetch(it -> named(kind, it));
            case PART ->
                    tx.sql()
                            .select(
                                    DSL.inline(0L),
                                    DSL.inline(""),
                                    PARTS.OBJECT,
                                    PARTS.NUMBER,
                                    PARTS.POLICY,
                                    PARTS.LOCATOR,
                                    PARTS.LENGTH)
                            .from(PARTS)
                            .where(
                                    row(PARTS.OBJECT, PARTS.NUMBER)
                                            .gt(id, last.map(Named::number).orElse(0)))
                            .and(PARTS.LOCATOR.isNotNull())
                            .orderBy(PARTS.OBJECT, PARTS.NUMBER)
                            .limit(most)
                            .fetch(it -> named(kind, it));
        };
    }

    private static Named named(
            Kind kind, org.jooq.Record7<Long, String, UUID, Integer, String, String, Long> row) {
        return new Named(
                kind,
                row.value1(),
                row.value2(),
                row.value3(),
                row.value4(),
                row.value5(),
                new Locator(row.value6()),
                row.value7());
    }

    /** Whether a row still names the body. */
    public boolean isThere(Tx tx, Named body) {
        String locator = body.locator().text();
        return switch (body.kind()) {
            case OBJECT ->
                    tx.sql()
                            .fetchExists(
                                    OBJECTS,
                                    OBJECTS.CONTAINER
                                            .eq(body.container())
                                            .and(OBJECTS.NAME.eq(body.name()))
                                            .and(OBJECTS.LOCATOR.eq(locator)));
            case VERSION ->
                    tx.sql()
                            .fetchExists(
                                    VERSIONS,
                                    VERSIONS.CONTAINER
                                            .eq(body.container())
                                            .and(VERSIONS.NAME.eq(body.name()))
                                            .and(VERSIONS.LOCATOR.eq(locator)));
            case PART ->
                    tx.sql()
                            .fetchExists(
                                    PARTS,
                                    PARTS.OBJECT
                                            .eq(body.id())
                                            .and(PARTS.NUMBER.eq(body.number()))
                                            .and(PARTS.LOCATOR.eq(locator)));
        };
    }
}
